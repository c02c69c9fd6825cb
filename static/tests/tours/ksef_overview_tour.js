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
