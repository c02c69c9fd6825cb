import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

/** Choose the file that the test has left on the server, in Base64. */
async function chooseFile(name) {
    const content = await rpc("/web/dataset/call_kw/ir.config_parameter/get_param", {
        model: "ir.config_parameter",
        method: "get_param",
        args: [`account_ksef.tour_${name}`],
        kwargs: {},
    });
    const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
    await inputFiles(".modal div[name='container'] input[type='file']", [
        new File([bytes], `${name}.p12`, { type: "application/x-pkcs12" }),
    ]);
}

const load = (setting, button, file) => [
    {
        content: "Open the window",
        trigger: `[id='${setting}'] button[name='${button}']:visible`,
        run: "click",
    },
    {
        content: "Choose the file",
        trigger: ".modal div[name='container'] .o_select_file_button",
        run: () => chooseFile(file),
    },
    {
        content: "It is protected",
        trigger: ".modal .alert-info:contains('enter its password')",
    },
    {
        content: "A wrong password is refused at once",
        trigger: ".modal div[name='password'] input",
        run: "edit wrong && press Tab",
    },
    {
        trigger: ".modal .alert-danger:contains('does not open the key')",
    },
    {
        content: "Enter the right one, and stay in the field",
        trigger: ".modal div[name='password'] input",
        run: "edit tajne",
    },
    {
        content: "Load it",
        trigger: ".modal button[name='action_load']:visible",
        run: "click",
    },
];

registry.category("web_tour.tours").add("ksef_certificates", {
    url: "/odoo/action-account.action_account_config",
    steps: () => [
        ...load("ksef_access", "action_ksef_load_certificate", "authentication"),
        {
            content: "The connection is tried at once, with the certificate",
            trigger: ".modal .alert-success:contains('KSeF knows this company')",
        },
        {
            trigger: ".modal div[name='method']:contains('Certificate')",
        },
        {
            trigger: ".modal-footer button:contains('Close')",
            run: "click",
        },
        {
            content: "The settings show it",
            trigger: "[id='ksef_access'] .badge:contains('Valid'):visible",
        },
        ...load("ksef_offline", "action_ksef_load_offline_certificate", "offline"),
        {
            content: "The settings show the second one as well, which ends soon",
            trigger: "[id='ksef_offline'] .badge:contains('Ends soon'):visible",
        },
        {
            trigger: "[id='ksef_access'] button[name='action_ksef_generate_token']:visible",
        },
    ],
});
