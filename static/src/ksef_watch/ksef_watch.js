import { browser } from "@web/core/browser/browser";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, onWillUnmount, status, useEffect } from "@odoo/owl";

const PERIOD = 1500; // milliseconds between two looks

/**
 * Keeps a form up to date while something runs on the server.
 *
 * Looks at the fields in `watch` as long as the field `running` is true, and reloads the form
 * when one of them has changed; a form with unsaved edits is left alone. `method`, if given, is
 * called before each look.
 */
export class KsefWatch extends Component {
    static template = "account_ksef.KsefWatch";
    static props = {
        ...standardWidgetProps,
        running: String,
        watch: { type: Array, optional: true },
        method: { type: String, optional: true },
    };
    static defaultProps = { watch: [], method: "" };

    setup() {
        this.orm = useService("orm");
        useEffect(
            () => this.schedule(),
            () => [this.isRunning, this.props.record.resId]
        );
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    get isRunning() {
        return Boolean(this.props.record.resId && this.props.record.data[this.props.running]);
    }

    schedule() {
        browser.clearTimeout(this.timer);
        if (this.isRunning && status(this) === "mounted") {
            this.timer = browser.setTimeout(() => this.look(), PERIOD);
        }
    }

    /** Look again later, also after the connection to Odoo was lost for a while. */
    async look() {
        try {
            await this.refresh();
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
        }
        this.schedule();
    }

    async refresh() {
        const { record } = this.props;
        if (document.visibilityState === "visible" && !(await record.isDirty())) {
            const fresh = await this.fetch(record);
            if (this.hasChanged(fresh)) {
                await record.load();
            }
        }
    }

    async fetch(record) {
        if (this.props.method) {
            await this.orm.silent.call(record.resModel, this.props.method, [[record.resId]]);
        }
        const names = [this.props.running, ...this.props.watch];
        const [values] = await this.orm.silent.read(record.resModel, [record.resId], names);
        return values;
    }

    hasChanged(fresh) {
        const { id, ...values } = fresh;
        return Object.entries(values).some(
            ([name, value]) => (this.props.record.data[name] || false) !== (value || false)
        );
    }
}

export const ksefWatch = {
    component: KsefWatch,
    extractProps: ({ options }) => ({
        running: options.running,
        watch: options.watch,
        method: options.method,
    }),
};

registry.category("view_widgets").add("ksef_watch", ksefWatch);
