import { registry } from "@web/core/registry";

const WINDOW = ".modal:not(.o_inactive_modal)";
const BELOW = ".modal.o_inactive_modal";
const PROBLEMS = `${WINDOW} div[name='shown_problem_ids']`;

const selectAllForKsef = [
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
        trigger: `.o-dropdown--menu .o_menu_item:contains(/^(Send to|Wyślij do) KSeF$/)`,
        run: "click",
    },
];

const openProblem = {
    content: "Open what is to be mended",
    trigger: `${PROBLEMS} button[name='action_open_record']`,
    run: "click",
};

const windowStays = {
    content: "The window stays below it",
    trigger: `${BELOW} div[name='shown_problem_ids']`,
};

registry.category("web_tour.tours").add("ksef_mend_buyer", {
    url: "/odoo/action-account.action_move_out_invoice",
    steps: () => [
        ...selectAllForKsef,
        {
            content: "The buyer has no address",
            trigger: `${PROBLEMS} td[name='message']:contains('address of Nabywca sp. z o.o. is not complete')`,
        },
        openProblem,
        windowStays,
        {
            content: "Enter the town",
            trigger: `${WINDOW} div[name='city'] input`,
            run: "edit Warszawa",
        },
        {
            trigger: `${WINDOW} .o_form_button_save`,
            run: "click",
        },
        {
            content: "The window has looked anew: both invoices can go",
            trigger: `${WINDOW} div[name='ready_count']:contains('2')`,
        },
        {
            trigger: `${WINDOW}:not(:has(button[name='action_open_record']))`,
        },
        {
            trigger: `${WINDOW} button[name='action_send']`,
            run: "click",
        },
        {
            content: "Both are sent",
            trigger: `${WINDOW} div[name='accepted_count']:contains('2')`,
            timeout: 60000,
        },
        {
            trigger: `${WINDOW} button:contains('Close')`,
            run: "click",
        },
    ],
});

registry.category("web_tour.tours").add("ksef_mend_line", {
    url: "/odoo/action-account.action_move_out_invoice",
    steps: () => [
        ...selectAllForKsef,
        openProblem,
        windowStays,
        {
            content: "Only a draft can be mended",
            trigger: `${WINDOW} button[name='button_draft']`,
            run: "click",
        },
        {
            content: "The invoice has become one, and the window is still below",
            trigger: `${WINDOW} button[name='action_post']`,
        },
        windowStays,
        {
            content: "A button that opens a window of its own takes the place of the first one",
            trigger: `${WINDOW} button[name='action_ksef_preview']`,
            run: "click",
        },
        {
            trigger: `${WINDOW} button[special='cancel']`,
            run: "click",
        },
        {
            content: "Back at the invoice",
            trigger: `${WINDOW} button[name='action_post']`,
        },
        {
            trigger: `${WINDOW} .btn-close`,
            run: "click",
        },
        {
            content: "The window is there again, and tells in the user's words that the draft is left out",
            trigger: `${WINDOW} div[name='skipped_line_ids'] td[name='reason']:contains('Niezatwierdzona')`,
        },
        {
            content: "The other invoice is still chosen",
            trigger: `${WINDOW} div[name='ready_count']:contains('1')`,
        },
        {
            trigger: `${WINDOW} button[special='cancel']`,
            run: "click",
        },
    ],
});
