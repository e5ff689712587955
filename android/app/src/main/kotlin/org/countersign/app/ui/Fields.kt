package org.countersign.app.ui

import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.toggleable
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.LocalTextStyle
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.RadioButton
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.text.input.PasswordVisualTransformation
import androidx.compose.ui.text.style.TextDirection
import org.countersign.core.typedDigits

/** A password. It is not kept over a rotation: what is remembered by `remember` alone is never written down by the system. */
@Composable
fun PasswordField(
    label: String,
    value: String,
    onChange: (String) -> Unit,
) {
    OutlinedTextField(
        value = value,
        onValueChange = onChange,
        modifier = Modifier.fillMaxWidth(),
        label = { Text(label) },
        singleLine = true,
        visualTransformation = PasswordVisualTransformation(),
        // A password field also tells keyboards not to learn from it.
        keyboardOptions = KeyboardOptions(autoCorrectEnabled = false, keyboardType = KeyboardType.Password),
    )
}

@Composable
fun TextField(
    label: String,
    value: String,
    onChange: (String) -> Unit,
    singleLine: Boolean = true,
    support: String? = null,
) {
    OutlinedTextField(
        value = value,
        onValueChange = onChange,
        modifier = Modifier.fillMaxWidth(),
        label = { Text(label) },
        supportingText = support?.let { { Text(it) } },
        singleLine = singleLine,
    )
}

/** Digits that are typed: whatever the keyboard's script, they become ASCII, and they run from left to right. */
@Composable
fun DigitsField(
    label: String,
    value: String,
    onChange: (String) -> Unit,
    support: String? = null,
) {
    OutlinedTextField(
        value = value,
        onValueChange = { onChange(typedDigits(it)) },
        modifier = Modifier.fillMaxWidth(),
        label = { Text(label) },
        supportingText = support?.let { { Text(it) } },
        singleLine = true,
        textStyle = LocalTextStyle.current.copy(textDirection = TextDirection.Ltr),
        keyboardOptions = KeyboardOptions(keyboardType = KeyboardType.NumberPassword),
    )
}

/** A line that is on or off; the whole of it can be tapped, and is read as one. */
@Composable
fun SwitchLine(
    label: String,
    on: Boolean,
    onChange: (Boolean) -> Unit,
) {
    Row(
        Modifier.fillMaxWidth().toggleable(value = on, role = Role.Switch, onValueChange = onChange),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Text(label, Modifier.weight(1f))
        Switch(checked = on, onCheckedChange = null)
    }
}

/** One of several. */
@Composable
fun ChoiceLine(
    label: String,
    chosen: Boolean,
    onChoose: () -> Unit,
) {
    Row(
        Modifier.fillMaxWidth().selectable(selected = chosen, role = Role.RadioButton, onClick = onChoose),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        RadioButton(selected = chosen, onClick = null)
        Text(label, Modifier.weight(1f))
    }
}
