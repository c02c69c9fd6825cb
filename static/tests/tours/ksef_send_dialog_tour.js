import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("ksef_send_dialog", {
    url: "/odoo/action-account.action_move_out_invoice",
    steps: () => [
        {
            content: "Open the invoice",
            trigger: ".o_data_row:contains('Nabywca') td[name='invoice_partner_display_name']",
            run: "click",
        },
        {
            content: "Open Odoo's own Send dialog",
            trigger: ".o_statusbar_buttons button[name='action_invoice_sent']:visible",
            run: "click",
        },
        {
            content: "KSeF is ticked, and the dialog says that the e-mail waits for the number",
            trigger: ".modal .alert-info:contains('as soon as KSeF has given the invoice its number')",
        },
        {
            trigger: ".modal div[name='extra_edi_checkboxes'] label:contains('KSeF')",
        },
        {
            content: "The document of KSeF goes along",
            trigger: ".modal div[name='ksef_is_document_mailed'] input",
            run: "click",
        },
        {
            trigger: ".modal div[name='mail_attachments_widget']:contains('FA3_')",
        },
        {
            content: "Send",
            trigger: ".modal footer button[name='action_send_and_print']:visible",
            run: "click",
        },
        {
            content: "The e-mail has not left yet",
            trigger: ".o_notification:contains('Waiting for KSeF')",
        },
        {
            content: "The number appears by itself",
            trigger: "div[name='ksef_number']:contains('1234563218-')",
            timeout: 60000,
        },
    ],
});
