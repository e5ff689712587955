// Codes and numbers: from left to right in every language, all digits of one width, and spoken one by one.

import AppModel
import CountersignCore
import SwiftUI

struct Digits: View {
    let text: String
    var font = Font.system(.largeTitle, design: .monospaced)

    var body: some View {
        Text(verbatim: text)
            .font(font)
            .monospacedDigit()
            .lineLimit(1)
            .minimumScaleFactor(0.5)
            .environment(\.layoutDirection, .leftToRight)
            .privacySensitive()
            .accessibilityLabel(words("codes_spoken", oneByOne))
    }

    /// `123 456` as `1 2 3 4 5 6`, so that it is not read as a number.
    private var oneByOne: String {
        text.filter { !$0.isWhitespace }.map(String.init).joined(separator: " ")
    }
}

/// What is left of a code's life; a screen reader says the seconds.
struct Life: View {
    let code: Code

    var body: some View {
        if let left = code.secondsLeft {
            Circle()
                .trim(from: 0, to: CGFloat(code.lifeLeft) / 1000)
                .stroke(.tint, style: StrokeStyle(lineWidth: 4, lineCap: .round))
                .rotationEffect(.degrees(-90))
                .frame(width: 28, height: 28)
                .accessibilityElement()
                .accessibilityLabel(words("codes_seconds_left", left))
        }
    }
}

/// Where digits are typed: they run from left to right, and the keyboard has nothing else.
struct DigitsField: View {
    let label: String
    @Binding var digits: String

    var body: some View {
        TextField(label, text: $digits)
            .keyboardType(.numberPad)
            .font(.system(.title2, design: .monospaced))
            .environment(\.layoutDirection, .leftToRight)
            .accessibilityLabel(label)
            .onChange(of: digits) {
                // Whatever the keyboard's script, they become ASCII.
                let ascii = typedDigits(typed: digits)
                if ascii != digits { digits = ascii }
            }
    }
}
