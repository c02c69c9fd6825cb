import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("ksef_preview", {
    url: "/odoo/action-account.action_move_out_invoice",
    steps: () => [
        {
            content: "Open the draft",
            trigger: ".o_data_row:contains('Nabywca') td[name='invoice_partner_display_name']",
            run: "click",
        },
        {
            content: "Look at its document",
            trigger: ".o_statusbar_buttons button[name='action_ksef_preview']:visible",
            run: "click",
        },
        {
            content: "It can be read",
            trigger: ".modal .o_ksef_readable .o_party:contains('Nabywca sp. z o.o.')",
        },
        {
            content: "In Polish",
            trigger: ".modal div[name='lang'] input[data-value='pl_PL']",
            run: "click",
        },
        {
            trigger: ".modal .o_ksef_readable .o_due:contains('246,00')",
        },
        {
            content: "And as XML",
            trigger: ".modal .nav-link[name='xml']",
            run: "click",
        },
        {
            trigger: ".modal .o_ksef_xml:contains('<KodWaluty>PLN</KodWaluty>')",
        },
        {
            trigger: ".modal button[name='action_download_xml']",
        },
        {
            trigger: ".modal button:contains('Close')",
            run: "click",
        },
        {
            content: "The invoice is as it was",
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
    ],
});
