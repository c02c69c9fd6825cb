import { browser } from "@web/core/browser/browser";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const openInvoicing = [
    stepUtils.showAppsMenuItem(),
    {
        content: "Open Invoicing",
        trigger: ".o_app[data-menu-xmlid='account.menu_finance']",
        run: "click",
    },
];

registry.category("web_tour.tours").add("ksef_connect", {
    url: "/odoo/action-account.action_account_config",
    steps: () => [
        {
            content: "Switch the integration on",
            trigger: "div[name='ksef_is_enabled'] input",
            run: "click",
        },
        {
            content: "Choose the simulator",
            trigger: "div[name='ksef_environment'] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_menu .o_select_menu_item:contains('Local simulator')",
            run: "click",
        },
        {
            content: "Enter its address",
            trigger: "div[name='ksef_local_url'] input",
            run: async ({ edit }) => edit(await getParameter("url")),
        },
        {
            content: "Enter the token",
            trigger: "div[name='ksef_token'] input",
            run: async ({ edit }) => edit(await getParameter("token")),
        },
        {
            content: "Test the connection",
            trigger: "button[name='action_ksef_test_connection']",
            run: "click",
        },
        {
            content: "The window tells by itself that it works and what the token may do",
            trigger: ".modal .alert-success:contains('KSeF knows this company')",
        },
        {
            trigger: ".modal div[name='permission_names']:contains('issue invoices')",
        },
        {
            trigger: ".modal button:contains('Close')",
            run: "click",
        },
    ],
});

/** Read a value that the test has left on the server. */
function getParameter(name) {
    return rpc("/web/dataset/call_kw/ir.config_parameter/get_param", {
        model: "ir.config_parameter",
        method: "get_param",
        args: [`account_ksef.tour_${name}`],
        kwargs: {},
    });
}

/** Return what is copied next; the clipboard itself is closed to a browser without a window. */
function listenToClipboard() {
    return new Promise((resolve) => {
        browser.navigator.clipboard.writeText = resolve;
    });
}

registry.category("web_tour.tours").add("ksef_post_and_send", {
    url: "/odoo",
    steps: () => [
        ...openInvoicing,
        {
            content: "Open the invoices",
            trigger: "[data-menu-xmlid='account.menu_finance_receivables']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='account.menu_action_move_out_invoice_type']",
            run: "click",
        },
        {
            content: "Open the draft",
            trigger: ".o_data_row:contains('Nabywca') td[name='invoice_partner_display_name']",
            run: "click",
        },
        {
            content: "Post it",
            trigger: ".o_statusbar_buttons button[name='action_post']:visible",
            run: "click",
        },
        {
            content: "It waits to be sent",
            trigger: "div[name='ksef_state'] :contains('To send')",
        },
        {
            content: "Send it",
            trigger: ".o_statusbar_buttons button[name='action_ksef_review']:visible",
            run: "click",
        },
        {
            content: "It is on its way",
            trigger: ".alert-info .fa-spin",
        },
        {
            content: "The number appears by itself",
            trigger: "div[name='ksef_number']:contains('1234563218-')",
            timeout: 60000,
        },
        {
            content: "A button copies it",
            trigger: "div[name='ksef_number'] button.o_clipboard_button",
            run: async ({ click }) => {
                const number = document.querySelector("div[name='ksef_number']").innerText.trim();
                const copied = listenToClipboard();
                await click();
                if ((await copied) !== number) {
                    throw new Error(`Not ${number} was copied, but ${await copied}`);
                }
            },
        },
        {
            content: "The receipt appears by itself, too",
            trigger: "button[name='action_ksef_download_upo']",
            timeout: 60000,
        },
        {
            content: "An accepted invoice cannot be reset to draft",
            trigger: ".o_statusbar_buttons:not(:has(button[name='button_draft']:visible))",
        },
    ],
});

registry.category("web_tour.tours").add("ksef_send_many", {
    url: "/odoo/action-account.action_move_out_invoice",
    steps: () => [
        {
            content: "Select all invoices",
            trigger: "thead .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_cp_action_menus .dropdown-toggle:has(.fa-cog)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains('Send to KSeF')",
            run: "click",
        },
        {
            content: "The invoice without a rate code is named, with a button to mend it",
            trigger: ".modal div[name='shown_problem_ids'] button[name='action_open_record']",
        },
        {
            content: "Send the others",
            trigger: ".modal button[name='action_send']",
            run: "click",
        },
        {
            content: "The progress ends by itself with the numbers",
            trigger: ".modal div[name='sendable_line_ids'] td[name='ksef_number']:contains('1234563218-')",
            timeout: 60000,
        },
        {
            trigger: ".modal button:contains('Close')",
            run: "click",
        },
    ],
});
