"""When a correction takes effect."""

from odoo.tests import Form, tagged

from .fa3_corrections_common import CorrectionsCommon


@tagged("post_install", "-at_install")
class TestEffectOfCorrection(CorrectionsCommon):
    def test_day_that_the_accountant_chose_outlives_other_changes(self):
        for chosen in ("1", "3"):
            refund = self.reverse(self.sell_accepted())
            self.assertEqual(refund.ksef_correction_type, "2")
            refund.ksef_correction_type = chosen
            refund.invoice_line_ids.price_unit = 40
            refund.action_post()
            self.assertEqual(self.build(refund)["Fa/TypKorekty"], chosen)

    def test_usual_day_follows_the_amount_until_somebody_chooses(self):
        refund = self.reverse(self.sell_accepted())
        for price, usual in ((0, "1"), (40, "2")):
            refund.invoice_line_ids.price_unit = price
            self.assertEqual(refund.ksef_correction_type, usual)
        refund.ksef_correction_type = "1"
        refund.ksef_correction_type = "2"  # the usual one again: nothing is chosen any more
        refund.invoice_line_ids.price_unit = 0
        self.assertEqual(refund.ksef_correction_type, "1")

    def test_day_that_is_chosen_on_the_form_outlives_what_follows_there(self):
        with Form(self.reverse(self.sell_accepted())) as form:
            form.ksef_correction_type = "1"
            with form.invoice_line_ids.edit(0) as line:
                line.price_unit = 40
            self.assertEqual(form.ksef_correction_type, "1")
        self.assertEqual(form.record.ksef_correction_type, "1")
