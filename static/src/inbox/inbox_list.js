import { browser } from "@web/core/browser/browser";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { onMounted, onWillUnmount, status } from "@odoo/owl";

const PERIOD = 3000; // milliseconds between two looks

/** The list of received documents: it fills by itself while they are being fetched. */
export class KsefInboxListController extends ListController {
    setup() {
        super.setup();
        this.ksefOrm = useService("orm");
        onMounted(() => this.watchFetching());
        onWillUnmount(() => browser.clearTimeout(this.ksefTimer));
    }

    /** Look whether the fetching goes on; what came meanwhile is shown, also for the last time. */
    async watchFetching() {
        await this.model.whenReady; // the first load would never end if another overtook it
        try {
            await this.showNews();
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
        }
        if (this.ksefWasRunning && status(this) === "mounted") {
            this.ksefTimer = browser.setTimeout(() => this.watchFetching(), PERIOD);
        }
    }

    /** Rows in the place of the examples of an empty list are real: nothing may lie over them. */
    leaveSample() {
        if (this.model.useSampleModel) {
            this.model.useSampleModel = false;
            this.model.notify();
        }
    }

    async showNews() {
        const isRunning = await this.ksefOrm.silent.call("ksef.inbox", "is_being_fetched", []);
        if ((isRunning || this.ksefWasRunning) && !this.model.root.selection.length) {
            await this.model.load();
            this.leaveSample();
        }
        this.ksefWasRunning = isRunning;
    }
}

registry.category("views").add("ksef_inbox_list", {
    ...listView,
    Controller: KsefInboxListController,
});
