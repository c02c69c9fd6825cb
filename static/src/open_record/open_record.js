import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { executeButtonCallback } from "@web/views/view_button/view_button_hook";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component } from "@odoo/owl";
import { StackedFormDialog } from "./stacked_form_dialog";

/**
 * Opens the record that a problem is mended on, above the window that lists the problem.
 *
 * The method `action_open_record` of the problem names the record. When its form is closed, the
 * window looks anew by its method `action_check_again`.
 */
export class KsefOpenRecord extends Component {
    static template = "account_ksef.KsefOpenRecord";
    static props = { ...standardWidgetProps, string: String };

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.orm = useService("orm");
    }

    onClick(event) {
        return executeButtonCallback(event.target.closest(".modal"), () => this.open());
    }

    async open() {
        const { resModel, resId } = this.props.record;
        const action = await this.orm.call(resModel, "action_open_record", [[resId]]);
        const form = {
            resModel: action.res_model,
            resId: action.res_id,
            viewId: action.views[0][0],
            context: action.context,
            title: action.name,
            size: "xl",
        };
        const window = this.props.record.model.root;
        this.dialog.add(StackedFormDialog, form, {
            onClose: (params) => this.checkAgain(window, params),
        });
    }

    /** `noReload`: a whole page has taken the place of all windows. */
    checkAgain({ resModel, resId, context }, { noReload } = {}) {
        if (!noReload) {
            const name = "action_check_again";
            this.action.doActionButton({ type: "object", name, resModel, resId, context });
        }
    }
}

export const ksefOpenRecord = {
    component: KsefOpenRecord,
    extractProps: ({ attrs }) => ({ string: attrs.string }),
    listViewWidth: 110,
};

registry.category("view_widgets").add("ksef_open_record", ksefOpenRecord);
