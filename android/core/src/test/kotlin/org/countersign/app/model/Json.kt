package org.countersign.app.model

/** Reads JSON into maps, lists, texts, numbers (as Long) and booleans: as much of it as the scenarios need, without a library. */
class Json private constructor(
    private val text: String,
) {
    private var at = 0

    private fun value(): Any? {
        space()
        return when (text[at]) {
            '{' -> members()
            '[' -> elements()
            '"' -> string()
            else -> word()
        }
    }

    private fun members(): Map<String, Any?> {
        val all = linkedMapOf<String, Any?>()
        list('}') {
            space()
            val name = string()
            space()
            expect(':')
            all[name] = value()
        }
        return all
    }

    private fun elements(): List<Any?> {
        val all = mutableListOf<Any?>()
        list(']') { all.add(value()) }
        return all
    }

    private fun list(
        end: Char,
        element: () -> Unit,
    ) {
        at++
        space()
        if (text[at] == end) {
            at++
            return
        }
        do {
            element()
            space()
        } while (text[at++] == ',')
        check(text[at - 1] == end) { "$end expected at ${at - 1}" }
    }

    private fun string(): String {
        expect('"')
        val read = StringBuilder()
        while (text[at] != '"') {
            val char = text[at++]
            read.append(if (char == '\\') escaped() else char)
        }
        at++
        return read.toString()
    }

    private fun escaped(): Char =
        when (val char = text[at++]) {
            'n' -> {
                '\n'
            }

            't' -> {
                '\t'
            }

            'r' -> {
                '\r'
            }

            'u' -> {
                text
                    .substring(at, at + 4)
                    .toInt(16)
                    .toChar()
                    .also { at += 4 }
            }

            else -> {
                char
            }
        }

    private fun word(): Any? {
        val word = text.drop(at).takeWhile { it.isLetterOrDigit() || it in "+-." }
        at += word.length
        return when (word) {
            "true" -> true
            "false" -> false
            "null" -> null
            else -> word.toLong()
        }
    }

    private fun expect(char: Char) = check(text[at++] == char) { "$char expected at ${at - 1}" }

    private fun space() {
        while (at < text.length && text[at].isWhitespace()) at++
    }

    companion object {
        fun read(text: String): Any? = Json(text).value()

        fun write(value: Any?): String =
            when (value) {
                is Map<*, *> -> value.entries.joinToString(",", "{", "}") { "${write(it.key)}:${write(it.value)}" }
                is List<*> -> value.joinToString(",", "[", "]") { write(it) }
                is String -> value.replace("\\", "\\\\").replace("\"", "\\\"").let { "\"$it\"" }
                else -> value.toString()
            }
    }
}
