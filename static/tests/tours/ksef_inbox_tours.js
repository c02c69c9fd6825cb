import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

const INBOX = "/odoo/ksef-inbox";

/** Have the next list of received documents come after everything else of its page. */
function delayNextList() {
    const call = rpc._rpc;
    rpc._rpc = async (url, ...args) => {
        if (url.includes("ksef.inbox/web_search_read")) {
            rpc._rpc = call;
            await new Promise((resolve) => setTimeout(resolve, 1500));
        }
        return call(url, ...args);
    };
}

registry.category("web_tour.tours").add("ksef_inbox_match", {
    url: "/odoo/accounting",
    steps: () => [
        {
            content: "Open the journal of purchases",
            trigger: ".o_kanban_record a[name='open_action']:contains('Purchases')",
            run: "click",
        },
        {
            content: "The line is slow",
            trigger: ".o_list_view",
            run: delayNextList,
        },
        {
            content: "Fetch what is in KSeF",
            trigger: ".o_cp_action_menus .dropdown-toggle:has(.fa-cog)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o-dropdown-item:contains('Fetch e-Invoices')",
            run: "click",
        },
        {
            content: "The inbox fills by itself",
            trigger: ".o_data_row td[name='document_number']:contains('FV/8')",
            timeout: 60000,
        },
        {
            content: "Nothing lies over it",
            trigger: "body:not(:has(.o_view_sample_data, .o_view_nocontent)) .o_data_row",
            timeout: 60000,
        },
        {
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
            content: "The bill has its number now, which is no longer to be typed",
            trigger: ".o_form_view div[name='ksef_number']:contains('7762811692-')",
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

registry.category("web_tour.tours").add("ksef_bill_number", {
    url: "/odoo/action-account.action_move_in_invoice",
    steps: () => [
        {
            content: "Open the bill that was typed",
            trigger: ".o_data_row:contains('FV/2026/77') td[name='invoice_partner_display_name']",
            run: "click",
        },
        {
            content: "It has no number yet: mistype it",
            trigger: "div[name='ksef_number'] textarea",
            run: "edit 7762811692-20261105-010080DD2B5E-00",
        },
        {
            trigger: "div[name='ref'] input",
            run: "click",
        },
        {
            content: "The form warns at once",
            trigger: ".alert-warning:contains('check digits')",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            content: "Production does not take it, and says what to do",
            trigger: ".modal:contains('Copy the number again')",
        },
        {
            trigger: ".modal footer .btn:contains('Close')",
            run: "click",
        },
        {
            content: "Paste the right one, as it stands on the print",
            trigger: "div[name='ksef_number'] textarea",
            run: "edit KSeF: 7762811692 - 20261105 - 010080DD2B5E - 31",
        },
        {
            trigger: "div[name='ref'] input",
            run: "click",
        },
        {
            content: "The warning is gone",
            trigger: ".o_form_view:not(:has(.alert-warning:visible:contains('check digits')))",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
    ],
});
