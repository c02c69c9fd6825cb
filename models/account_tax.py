from odoo import api, fields, models

RATE_CODES = [
    ("23", "23%"),
    ("22", "22%"),
    ("8", "8%"),
    ("7", "7%"),
    ("5", "5%"),
    ("4", "4%"),
    ("3", "3%"),
    ("0 KR", "0 KR: 0%, domestic"),
    ("0 WDT", "0 WDT: 0%, intra-Community supply of goods"),
    ("0 EX", "0 EX: 0%, export of goods"),
    ("zw", "zw: exempt"),
    ("oo", "oo: domestic reverse charge"),
    ("np I", "np I: supplied outside Poland"),
    ("np II", "np II: services for a taxpayer of another EU country"),
    ("oss", "OSS: rate of the consumer's country"),
    ("ioss", "Import scheme (IOSS) or non-Union scheme: not in KSeF"),
    ("margin", "Margin scheme"),
    ("none", "Not a VAT: excise, deposit, fee"),
]
PROCEDURES = [
    ("WSTO_EE", "WSTO_EE: distance sales within the EU"),
    ("IED", "IED: sales facilitated by a platform"),
    ("TT_D", "TT_D: simplified triangular transaction"),
    ("I_42", "I_42: customs procedure 42"),
    ("I_63", "I_63: customs procedure 63"),
    ("B_SPV", "B_SPV: transfer of a single-purpose voucher"),
    ("B_SPV_DOSTAWA", "B_SPV_DOSTAWA: supply against a single-purpose voucher"),
    ("B_MPV_PROWIZJA", "B_MPV_PROWIZJA: agency for a multi-purpose voucher"),
]

# What the taxes of the Polish chart are on an invoice. 0% means seven different things there.
CHART_VALUES = {
    "vs_kraj_23": {"ksef_rate_code": "23"},
    "vs_kraj_usl_23": {"ksef_rate_code": "23"},
    "vs_kraj_8": {"ksef_rate_code": "8"},
    "vs_kraj_5": {"ksef_rate_code": "5"},
    "vs_kraj_0": {"ksef_rate_code": "0 KR"},
    "vs_zwrot_podróżnych_0": {"ksef_rate_code": "0 KR"},
    "vs_kraj_zw": {"ksef_rate_code": "zw"},
    "vs_kraj_zw_gold": {
        "ksef_rate_code": "zw",
        "ksef_exempt_kind": "A",
        "ksef_exempt_basis": "art. 122 ust. 1 ustawy o VAT",
    },
    "vs_stal": {"ksef_rate_code": "oo"},
    "vs_unia": {"ksef_rate_code": "0 WDT"},
    "vs_unia_i42": {"ksef_rate_code": "0 WDT", "ksef_procedure": "I_42"},
    "vs_unia_i63": {"ksef_rate_code": "0 WDT", "ksef_procedure": "I_63"},
    "vs_unia_triangular": {"ksef_rate_code": "np I", "ksef_procedure": "TT_D"},
    "vs_dostu": {"ksef_rate_code": "np II"},
    "vs_eksp_tow": {"ksef_rate_code": "0 EX"},
    "vs_ekspu": {"ksef_rate_code": "np I"},
    "vz_kraj_23": {"ksef_rate_code": "23"},
    "vz_kraj_usl_23": {"ksef_rate_code": "23"},
    "vp_leas_purchase": {"ksef_rate_code": "23"},
    "vz_kraj_8": {"ksef_rate_code": "8"},
    "vz_kraj_5": {"ksef_rate_code": "5"},
    "vz_kraj_0": {"ksef_rate_code": "0 KR"},
    "vz_kraj_zw": {"ksef_rate_code": "zw"},
    "vz_stal": {"ksef_rate_code": "oo"},
}
# Tags of the tax report on the base of a sale; the first that fits counts.
CODE_OF_TAG = {
    "Triangular Sale": "np I",
    "OSS": "oss",
    "K_21": "0 WDT",
    "K_22": "0 EX",
    "K_31": "oo",
    "K_12": "np II",
    "K_11": "np I",
    "K_10": "zw",
    "K_13": "0 KR",
    "K_14": "0 KR",
}
PROCEDURE_OF_TAG = {
    "Triangular Sale": "TT_D",
    "OSS": "WSTO_EE",
    "I_42": "I_42",
    "I_63": "I_63",
}
CODE_OF_PERCENT = {23.0: "23", 22.0: "22", 8.0: "8", 7.0: "7", 5.0: "5", 4.0: "4", 3.0: "3"}
REVERSE_CHARGE_OF_CODE = {"np II": "yes", "oo": "yes", "np I": "b2b"}


class AccountTax(models.Model):
    _inherit = "account.tax"

    ksef_rate_code = fields.Selection(
        RATE_CODES,
        string="KSeF rate code",
        compute="_compute_ksef_rate_code",
        store=True,
        readonly=False,
        precompute=True,
        help="How this tax appears in the field P_12 of an FA(3) invoice.",
    )
    ksef_procedure = fields.Selection(
        PROCEDURES,
        string="KSeF procedure",
        compute="_compute_ksef_procedure",
        store=True,
        readonly=False,
        precompute=True,
        help="Marks the rows of an FA(3) invoice that bear this tax.",
    )
    ksef_reverse_charge = fields.Selection(
        [("yes", "Always"), ("b2b", "When the buyer is a taxpayer"), ("no", "No")],
        string="Buyer accounts for the VAT",
        compute="_compute_ksef_reverse_charge",
        store=True,
        readonly=False,
        precompute=True,
        help='Puts the words "odwrotne obciążenie" (P_18) on an FA(3) invoice.',
    )
    ksef_exempt_kind = fields.Selection(
        [
            ("A", "Polish act or regulation"),
            ("B", "Directive 2006/112/EC"),
            ("C", "Other legal basis"),
        ],
        string="Exempt by",
        default="A",
        help="Which of the fields P_19A, P_19B and P_19C the legal basis stands in.",
    )
    ksef_exempt_basis = fields.Char(
        string="Legal basis of the exemption",
        size=256,
        help="The provision that must stand on every invoice with this tax, "
        'for example "art. 43 ust. 1 pkt 29 ustawy o VAT".',
    )
    ksef_margin_kind = fields.Selection(
        [
            ("2", "Travel agencies"),
            ("3_1", "Second-hand goods"),
            ("3_2", "Works of art"),
            ("3_3", "Collectors' items and antiques"),
        ],
        string="Margin scheme",
        help="An invoice can show one kind only.",
    )
    ksef_is_excise = fields.Boolean(
        string="Excise duty", help="Rows show the amount, which is contained in the price."
    )

    @api.depends(
        "amount",
        "amount_type",
        "type_tax_use",
        "country_id",
        "invoice_repartition_line_ids.tag_ids",
    )
    def _compute_ksef_rate_code(self):
        """Fill in what is certain and leave the rest empty: a rate code is never guessed.

        What is there stays, but for a number that the amount no longer agrees with.
        """
        for tax in self:
            code = tax.ksef_rate_code
            if not code or (code.isdigit() and code != CODE_OF_PERCENT.get(tax.amount)):
                tax.ksef_rate_code = tax._ksef_find_rate_code()

    @api.depends("invoice_repartition_line_ids.tag_ids")
    def _compute_ksef_procedure(self):
        for tax in self:
            if not tax.ksef_procedure:
                tags = tax._ksef_base_tags()
                found = (code for tag, code in PROCEDURE_OF_TAG.items() if tag in tags)
                tax.ksef_procedure = next(found, False)

    @api.depends("ksef_rate_code", "ksef_procedure")
    def _compute_ksef_reverse_charge(self):
        for tax in self:
            if tax.ksef_procedure == "TT_D":
                tax.ksef_reverse_charge = "yes"
            else:
                tax.ksef_reverse_charge = REVERSE_CHARGE_OF_CODE.get(tax.ksef_rate_code, "no")

    def _ksef_find_rate_code(self):
        """The code that follows from chart, tags or amount; False if none does."""
        tags = self._ksef_base_tags()
        if self.country_id.code != "PL" and "OSS" not in tags:
            return False
        if self.amount_type == "fixed":
            return "none"
        return (
            self._ksef_chart_values().get("ksef_rate_code")
            or self._ksef_code_of_tags(tags)
            or self._ksef_code_of_amount()
        )

    def _ksef_chart_values(self):
        """Our values for a tax that came with the Polish chart; copies have no external id."""
        prefix = f"account.{self.company_id.id}_"
        names = self._origin._get_external_ids().get(self._origin.id, [])
        mine = (name.removeprefix(prefix) for name in names if name.startswith(prefix))
        return next((CHART_VALUES[name] for name in mine if name in CHART_VALUES), {})

    def _ksef_code_of_tags(self, tags):
        if self.type_tax_use != "sale":
            return False
        return next((code for tag, code in CODE_OF_TAG.items() if tag in tags), False)

    def _ksef_code_of_amount(self):
        """A percentage that is a rate. What a purchase tax charges and deducts at once is none."""
        if self.amount_type != "percent" or self.has_negative_factor:
            return False
        return CODE_OF_PERCENT.get(self.amount, False)

    def _ksef_base_tags(self):
        """Names of the tags of the base in English, which is what they are known by; "OSS" too."""
        base = self.invoice_repartition_line_ids.filtered(lambda r: r.repartition_type == "base")
        tags = base.tag_ids.with_context(lang="en_US")
        names = {name.lstrip("+-") for name in tags.mapped("name") if name}
        oss = self.env.ref("l10n_eu_oss.tag_oss", raise_if_not_found=False)
        return names | {"OSS"} if oss and oss in tags else names - {"OSS"}

    @api.model
    def _ksef_set_rate_codes(self):
        """Give the taxes of Polish charts that were loaded before us their values."""
        companies = self.env["res.company"].sudo().search([("chart_template", "=", "pl")])
        for company in companies:
            template = self.env["account.chart.template"].sudo().with_company(company)
            for name, values in CHART_VALUES.items():
                tax = template.ref(name, raise_if_not_found=False)
                if tax:
                    tax.write(values)
