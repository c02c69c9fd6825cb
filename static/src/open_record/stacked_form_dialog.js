import { makeContext } from "@web/core/context";
import { rpc } from "@web/core/network/rpc";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { useSubEnv } from "@odoo/owl";

/**
 * Shows the form of a record above a window, which its buttons leave alone.
 *
 * Odoo knows one window at a time: a button whose method answers without an action would close
 * the window below. Here such a button only reads the record anew.
 */
export class StackedFormDialog extends FormViewDialog {
    setup() {
        super.setup();
        const action = Object.create(this.env.services.action);
        action.doActionButton = (params, options) => this.doActionButton(params, options);
        useSubEnv({ services: Object.assign(Object.create(this.env.services), { action }) });
    }

    async doActionButton(params, options) {
        if (params.type !== "object") {
            return this.actionService.doActionButton(params, options);
        }
        const action = await this.callButton(params);
        if (action && action.type !== "ir.actions.act_window_close") {
            return this.actionService.doAction(action, { onClose: params.onClose });
        }
        return params.onClose();
    }

    callButton({ resModel, name, resId, resIds, context, buttonContext }) {
        return rpc(`/web/dataset/call_button/${resModel}/${name}`, {
            model: resModel,
            method: name,
            args: [resId ? [resId] : resIds],
            kwargs: { context: makeContext([context, buttonContext]) },
        });
    }
}
