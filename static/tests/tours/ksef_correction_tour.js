import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("ksef_correct_price", {
    steps: () => [
        {
            content: "Correct the invoice",
            trigger: ".o_statusbar_buttons button[name='action_ksef_correct']:visible",
            run: "click",
        },
        {
            content: "The wizard tells what each kind of correction issues",
            trigger: ".modal div[name='subject'] label:contains('NIP of the buyer')",
            run: "click",
        },
        {
            trigger: ".modal div[name='explanation']:contains('a new invoice for the right buyer')",
        },
        {
            content: "The price of a line is wrong",
            trigger: ".modal div[name='subject'] label:contains('Price, quantity')",
            run: "click",
        },
        {
            trigger: ".modal button[name='action_next']:contains('Next')",
            run: "click",
        },
        {
            trigger: ".modal div[name='reason'] input",
            run: "edit wrong price",
        },
        {
            content: "Enter the right price",
            trigger: ".modal div[name='line_ids'] td[name='price_unit']",
            run: "click",
        },
        {
            trigger: ".modal div[name='line_ids'] td[name='price_unit'] input",
            run: "edit 90 && press Tab",
        },
        {
            trigger: ".modal div[name='amount_difference']:contains('-20')",
        },
        {
            trigger: ".modal button[name='action_next']:contains('Show what changes')",
            run: "click",
        },
        {
            content: "Rows before and after, and the sums",
            trigger: ".modal div[name='preview'] tr[name='after']:contains('180')",
        },
        {
            trigger: ".modal div[name='preview'] tr[name='total']:contains('24')",
        },
        {
            trigger: ".modal button[name='action_create_documents']",
            run: "click",
        },
        {
            content: "The draft is open for review",
            trigger: ".o_form_view .o_statusbar_buttons button[name='action_post']:visible",
        },
    ],
});
