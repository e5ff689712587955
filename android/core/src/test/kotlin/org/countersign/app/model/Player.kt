package org.countersign.app.model

import org.countersign.core.PlatformKeyException
import java.io.File
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

/** Plays the steps of one scenario on a phone of its own. tests/shells/README.md says what each step means. */
class Player(
    private val scenario: String,
) : AutoCloseable {
    internal val phone = TestPhone()
    private val app = phone.app
    internal val vault get() = phone.vault
    internal var asked: Map<*, *> = emptyMap<String, Any>()
    internal var application: Any? = null
    private var phrase = ""
    internal var step: Map<*, *> = emptyMap<String, Any>()

    suspend fun play(step: Map<*, *>) {
        this.step = step
        try {
            play(text("do"))
        } catch (error: Throwable) {
            throw AssertionError("at $step: ${error.message}", error)
        }
    }

    override fun close() {
        Party.network(up = true)
        phone.close()
    }

    private suspend fun play(word: String) {
        when (word) {
            "create" -> phone.create(text("password"))
            "enrol", "accounts", "rename", "remove", "devices" -> account(word)
            "application", "ask", "asked", "see", "ending", "result", "cancel", "history" -> request(word)
            "rule", "approve", "type_code", "deny", "report" -> answer(word)
            "rules", "end_rule" -> rules(word)
            "sign_in", "offline" -> offline(word)
            "add", "codes", "code", "copy", "next", "search" -> code(word)
            "lock", "background", "front", "locked", "unlock", "unlock_by_phrase", "unlock_by_phone" -> lock(word)
            "phrase", "switch_on_phone", "lose_keys", "key_lost", "prompt" -> way(word)
            "import", "import_asks", "import_password", "import_confirm" -> import(word)
            "network" -> Party.network(yes("up"))
            else -> error("there is no step $word")
        }
    }

    private suspend fun account(word: String) {
        when (word) {
            "enrol" -> {
                val enrolled = assertNotNull(phone.enrol(Party.link(user()), step["name"] as String?).enrolled)
                val known = Party.devices(user()).map { it["confirmation_code"] }
                assertEquals(listOf<Any?>(enrolled.confirmationCode), known)
                vault.back()
            }

            "accounts" -> {
                vault.accounts.waitFor { it.accounts?.size == number("count") }
            }

            "rename" -> {
                first().run {
                    rename(text("name"))
                    outcome(this)
                    vault.back()
                }
            }

            "remove" -> {
                first().run {
                    remove(step["even_if_server_is_gone"] == true)
                    outcome(this)
                    if (step["fails"] != null) assertTrue(state.value.serverIsGone)
                    vault.show(Tab.ACCOUNTS)
                }
            }

            "devices" -> {
                assertEquals(step["names"], Party.devices(user()).map { it["name"] })
            }
        }
    }

    internal suspend fun first(): AccountModel {
        val accounts = vault.accounts.waitFor { !it.accounts.isNullOrEmpty() }.accounts!!
        vault.openAccount(accounts.first().id)
        return phone.top<Screen.Account>().model
    }

    private suspend fun code(word: String) {
        val codes = vault.codes
        when (word) {
            "add" -> {
                vault.openLink(text("link"))
                val scan = phone.top<Screen.Scan>().model
                scan.add(
                    scan.state.value.page.items
                        .single()
                        .id,
                )
                outcome(scan)
                assertEquals(step["already_there"] == true, scan.state.value.alreadyThere)
                vault.back()
            }

            "codes" -> {
                val count = if (step["added"] == true) added else number("count")
                codes.waitFor { it.page?.rows?.size == count }
            }

            "search" -> {
                codes.search(text("words"))
                codes.waitFor { it.page?.query == text("words") && it.page.rows.size == number("count") }
            }

            "code" -> {
                // Asked first: the codes of the steps before and after stand beside that of now.
                val right = Party.ask("/codes", mapOf("secret" to step["secret"]))["codes"] as List<*>
                codes.refresh()
                assertContains(right, row().code)
            }

            "copy" -> {
                codes.copy(row().id)
                outcome(codes)
                assertEquals(CLIPBOARD_SECONDS, phone.copied?.second)
                assertContains(listOf(row().code, row().next), phone.copied?.first)
            }

            "next" -> {
                codes.next(row().id)
                outcome(codes)
                assertEquals(
                    step["code"],
                    codes.state.value.revealed[row().id]
                        ?.code,
                )
            }
        }
    }

    private suspend fun row() =
        vault.codes
            .waitFor { state ->
                state.page
                    ?.rows
                    .orEmpty()
                    .any { it.issuer == step["issuer"] }
            }.page!!
            .rows
            .first {
                it.issuer ==
                    step["issuer"]
            }

    private suspend fun lock(word: String) {
        when (word) {
            "lock" -> {
                app.lock()
                app.waitFor { it is AppState.Locked }
            }

            "background" -> {
                app.inBackground()
            }

            "front" -> {
                app.inFront()
            }

            "locked" -> {
                app.waitFor { it is AppState.Locked }
            }

            "unlock" -> {
                app.unlock(text("password"))
                outcome(app)
            }

            "unlock_by_phrase" -> {
                app.unlockByPhrase(phrase)
                outcome(app)
            }

            "unlock_by_phone" -> {
                app.unlockByPhone()
                outcome(app)
            }
        }
    }

    private suspend fun way(word: String) {
        when (word) {
            "phrase" -> {
                vault.openPhrase()
                val model = phone.top<Screen.Phrase>().model
                model.succeeds()
                val state = model.state.value
                phrase = state.words.joinToString(" ")
                model.writtenDown()
                model.typeBack(state.asked.map { state.words[it - 1] })
                outcome(model)
                assertEquals(PhraseStep.DONE, model.state.value.step)
                vault.back()
            }

            "switch_on_phone" -> {
                vault.settings.unlockByPhone()
                outcome(vault.settings)
            }

            "lose_keys" -> {
                phone.keys.lose()
            }

            "key_lost" -> {
                assertTrue(
                    when (val state = app.state.value) {
                        is AppState.Locked -> state.keyLost
                        is AppState.Open -> state.keyLost
                        else -> false
                    },
                )
            }

            "prompt" -> {
                phone.keys.prompt =
                    when (text("is")) {
                        "confirmed" -> ({})
                        "cancelled" -> ({ throw PlatformKeyException.Cancelled() })
                        else -> error("there is no such prompt")
                    }
            }
        }
    }

    private var added = -1

    private suspend fun import(word: String) {
        if (word == "import") {
            vault.openImport()
            phone.top<Screen.Import>().model.read(File("${Party.root}/${text("file")}").readBytes())
        }
        val model = phone.top<Screen.Import>().model
        when (word) {
            "import_asks" -> {
                assertEquals(
                    step["for"],
                    model.state.value.step.name
                        .lowercase(),
                )
            }

            "import_password" -> {
                model.password(text("password"))
            }

            "import_confirm" -> {
                model.confirm()
            }
        }
        outcome(model)
        if (word == "import_confirm") {
            assertEquals(ImportStep.DONE, model.state.value.step)
            added =
                model.state.value.items
                    .count { it.fate == org.countersign.core.ImportFate.ADDED }
            assertTrue(added > 0)
        }
    }

    /** The model has done what it was told, or could not for the reason that the step names. */
    internal suspend fun outcome(model: Model<*>) {
        when (val code = step["fails"]) {
            null -> model.succeeds()
            else -> model.fails(code as String)
        }
    }

    /** Scenarios share nobody. */
    internal fun user() = "${text("user")}, $scenario"

    internal fun text(name: String) = assertIs<String>(step[name], "the step has no $name")

    internal fun number(name: String) = assertIs<Long>(step[name], "the step has no $name").toInt()

    internal fun yes(name: String) = assertIs<Boolean>(step[name], "the step has no $name")

    private companion object {
        const val CLIPBOARD_SECONDS = 30
    }
}
