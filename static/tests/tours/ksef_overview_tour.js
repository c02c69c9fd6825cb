import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("ksef_overview", {
    url: "/odoo/accounting",
    steps: () => [
        {
            content: "The card of the journal counts what is late",
            trigger: ".o_kanban_record div[name='ksef_late']:contains('1')",
        },
        {
            content: "Its link leads to what needs attention",
            trigger: ".o_kanban_record div[name='ksef_attention'] a",
            run: "click",
        },
        {
            trigger: ".o_searchview_facet:contains('KSeF: needs attention')",
        },
        {
            trigger: ".o_data_row:contains('Nabywca') td[name='invoice_partner_display_name']",
            run: "click",
        },
        {
            content: "The line says since when, what next and by when",
            trigger: ".o_form_view div[name='ksef_status_line']:contains('Due by')",
        },
        {
            content: "What stands in the way is a click away",
            trigger: ".alert-danger button[name='action_ksef_open_wizard']",
            run: "click",
        },
        {
            trigger: ".modal button[name='action_open_record']",
        },
    ],
});

registry.category("web_tour.tours").add("ksef_late", {
    url: "/odoo/action-account.action_move_out_invoice",
    steps: () => [
        {
            content: "The badge of the late invoice stands out",
            trigger:
                ".o_data_row:contains('Late buyer') td[name='ksef_state'] .text-bg-warning:contains('To send')",
        },
        {
            content: "That of another one, which waits as well, does not",
            trigger:
                ".o_data_row:contains('Nabywca') td[name='ksef_state'] .badge:not(.text-bg-warning):contains('To send')",
        },
        {
            content: "Ask by when it was due",
            trigger: ".o_optional_columns_dropdown button",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu input[name='ksef_due_at']",
            run: "click",
        },
        {
            content: "Its day stands out as well",
            trigger: ".o_data_row:contains('Late buyer') td[name='ksef_due_at'] .text-danger",
        },
        {
            trigger:
                ".o_data_row:contains('Nabywca') td[name='ksef_due_at']:not(:has(.text-danger))",
        },
    ],
});

registry.category("web_tour.tours").add("ksef_attempts", {
    steps: () => [
        {
            content: "The attempts are listed",
            trigger: ".o_notebook .nav-link[name='ksef']",
            run: "click",
        },
        {
            content: "There is room to read what went wrong",
            trigger: "div[name='ksef_submission_ids'] td[name='explanation']:contains('450')",
            run: ({ anchor }) => {
                if (anchor.offsetWidth < 200) {
                    throw new Error(`${anchor.offsetWidth} pixels are not enough`);
                }
            },
        },
    ],
});
