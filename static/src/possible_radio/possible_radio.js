import { registry } from "@web/core/registry";
import { RadioField, radioField } from "@web/views/fields/radio/radio_field";

/**
 * Shows the choices of a selection that are possible for the record.
 *
 * The field named in the option `possible` holds their values, separated by commas.
 */
export class PossibleRadioField extends RadioField {
    static props = { ...RadioField.props, possible: String };

    get items() {
        const possible = (this.props.record.data[this.props.possible] || "").split(",");
        return super.items.filter(([value]) => possible.includes(value));
    }
}

registry.category("fields").add("ksef_possible_radio", {
    ...radioField,
    component: PossibleRadioField,
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...radioField.extractProps(fieldInfo, dynamicInfo),
        possible: fieldInfo.options.possible,
    }),
});
