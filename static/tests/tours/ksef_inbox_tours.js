import { registry } from "@web/core/registry";

const INBOX = "/odoo/ksef-inbox";

registry.category("web_tour.tours").add("ksef_inbox_match", {
    url: INBOX,
    steps: () => [
        {
            content: "Open the document",
            trigger: ".o_data_row td[name='document_number']:contains('FV/8')",
            run: "click",
        },
        {
            content: "Read it at once",
            trigger: ".o_form_view .o_ksef_readable:contains('Dostawca sp. z o.o.')",
        },
        {
            content: "Look for a bill that is there already",
            trigger: ".o_statusbar_buttons button[name='action_match']:visible",
            run: "click",
        },
        {
            content: "It is the one that was scanned",
            trigger: ".modal .o_data_row:contains('scan 15') button[name='action_choose']",
            run: "click",
        },
        {
            content: "The bill has its number now",
            trigger: ".o_form_view div[name='ksef_number'] input",
        },
        {
            content: "Book it",
            trigger: ".o_statusbar_buttons button[name='action_post']:visible",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current[data-value='posted']",
        },
    ],
});

registry.category("web_tour.tours").add("ksef_inbox_not_ours", {
    url: INBOX,
    steps: () => [
        {
            content: "Open the document",
            trigger: ".o_data_row td[name='document_number']:contains('FV/9')",
            run: "click",
        },
        {
            content: "We have bought nothing",
            trigger: ".o_statusbar_buttons button[name='action_mark_not_ours']:visible",
            run: "click",
        },
        {
            content: "The ministry's pages are named",
            trigger: ".modal a[href*='ksef.podatki.gov.pl']",
        },
        {
            content: "Say why",
            trigger: ".modal div[name='reason'] textarea",
            run: "edit Nic nie kupiliśmy",
        },
        {
            trigger: ".modal footer button[name='action_confirm']:visible",
            run: "click",
        },
        {
            content: "The reason stands above the document",
            trigger: ".o_form_view .alert:contains('Nic nie kupiliśmy')",
        },
    ],
});
