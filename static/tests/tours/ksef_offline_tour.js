import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("ksef_issue_offline", {
    url: "/odoo/action-account.action_move_out_invoice",
    steps: () => [
        {
            content: "Open the invoice",
            trigger: ".o_data_row:contains('Nabywca') td[name='invoice_partner_display_name']",
            run: "click",
        },
        {
            content: "KSeF is away: issue the invoice offline",
            trigger: ".o_statusbar_buttons button[name='action_ksef_open_offline']:visible",
            run: "click",
        },
        {
            content: "The window says what it means",
            trigger: ".modal li:contains('OFFLINE and CERTYFIKAT')",
        },
        {
            trigger: ".modal button[name='action_issue']",
            run: "click",
        },
        {
            content: "The form counts down to the deadline",
            trigger: "div[name='ksef_status_line']:contains('Issued offline')",
        },
        {
            content: "It can be printed at once",
            trigger: ".o_statusbar_buttons button[name='action_print_pdf']:visible",
            run: "click",
        },
        {
            content: "KSeF is back: the number appears by itself",
            trigger: "div[name='ksef_number']:contains('1234563218-')",
            timeout: 60000,
        },
        {
            content: "So does the receipt",
            trigger: "button[name='action_ksef_download_upo']",
            timeout: 60000,
        },
        {
            content: "It stays an invoice issued offline",
            trigger: "div[name='ksef_mode']:contains('Offline24')",
        },
    ],
});
