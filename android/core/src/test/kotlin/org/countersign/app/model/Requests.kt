package org.countersign.app.model

import java.util.Base64
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue

// The steps about requests: seen, answered, ruled, and approved without a network.

internal suspend fun Player.request(word: String) {
    when (word) {
        "ask" -> {
            val members = step.entries.associate { it.key as String to it.value } - "do" + ("user" to user())
            asked = Party.ask("/ask", members + ("application" to application))
        }

        "application" -> {
            application = Party.ask("/application", mapOf("policy" to step["policy"]))["application"]
        }

        "asked" -> {
            assertEquals(step["is"], asked["status"])
        }

        "see" -> {
            see(phone.request(asked["id"] as String).state.value)
        }

        "ending" -> {
            when (val wanted = step["is"]) {
                null -> {
                    assertNull(model().state.value.ending)
                }

                else -> {
                    assertEquals(
                        wanted,
                        model()
                            .waitFor { it.ending != null }
                            .ending!!
                            .name
                            .lowercase(),
                    )
                }
            }
        }

        "result" -> {
            assertEquals(step["is"], Party.ask("/result", mapOf("id" to asked["id"]))["status"])
        }

        "cancel" -> {
            Party.ask("/cancel", mapOf("id" to asked["id"]))
        }

        "history" -> {
            vault.openHistory()
            val history = phone.top<Screen.History>().model
            history.succeeds()
            assertEquals(number("count"), history.state.value.answers.size)
            assertEquals(
                step["decision"],
                history.state.value.answers
                    .first()
                    .decision,
            )
            vault.back()
        }
    }
}

private fun Player.see(state: RequestState) {
    val request = state.request!!
    step["message"]?.let { assertEquals(it, request.message) }
    assertEquals((step["digits"] as Long?)?.toInt(), request.digits?.toInt())
    assertEquals((step["options"] as Long?)?.toInt(), request.options?.size)
    assertEquals((step["shows"] as Long?)?.toInt(), request.shows?.toInt())
    assertTrue(state.secondsLeft > 0)
}

private fun Player.model() = phone.top<Screen.Request>().model

internal suspend fun Player.answer(word: String) {
    val model = model()
    when (word) {
        "rule" -> {
            model.askForRule()
            outcome(model)
            assertEquals(RuleOffer(text("application"), text("network")), model.state.value.rule)
            model.remember(number("days"))
        }

        "approve" -> {
            approve(model)
        }

        "type_code" -> {
            Party.ask("/verify", mapOf("id" to asked["id"], "code" to model.state.value.code))
        }

        "deny" -> {
            model.deny()
            outcome(model)
        }

        "report" -> {
            model.report()
            outcome(model)
        }
    }
}

private suspend fun Player.approve(model: RequestModel) {
    val right = asked["number"] as String?
    when (step["number"]) {
        "asked" -> model.number(right!!)
        "wrong" -> model.number(if (right == "11") "22" else "11")
    }
    assertTrue(model.state.value.canApprove)
    model.approve()
    // It goes on until the code was typed.
    if (model.state.value.request!!
            .shows != null
    ) {
        model.waitFor { it.code != null }
    } else {
        outcome(model)
    }
}

internal suspend fun Player.rules(word: String) {
    val account = first()
    account.loadRules()
    account.succeeds()
    if (word == "end_rule") {
        account.endRule(
            account.state.value.rules!!
                .first()
                .id,
        )
        outcome(account)
    } else {
        assertEquals(
            number("count"),
            account.state.value.rules!!
                .size,
        )
    }
    vault.back()
}

internal suspend fun Player.offline(word: String) {
    if (word == "sign_in") {
        asked = Party.ask("/sign-in", mapOf("user" to user(), "seconds" to (step["seconds"] ?: LONG)))
        return
    }
    vault.openScan()
    val scan = phone.top<Screen.Scan>().model
    if (step["forged"] == true) {
        scan.text(asked["forged"] as String)
    } else {
        scan.file(Base64.getDecoder().decode(asked["picture"] as String))
        scan.succeeds()
    }
    val item =
        scan.state.value.page.items
            .single()
    scan.approveOffline(item.id)
    outcome(scan)
    if (step["fails"] != null) return vault.back()
    val model = phone.top<Screen.Offline>().model
    model.approve()
    model.succeeds()
    val shown = model.state.value
    assertTrue(shown.secondsLeft > 0)
    assertEquals("approved", Party.ask("/type", mapOf("page" to asked["page"], "digits" to shown.digits!!.code))["status"])
    vault.back()
}

private const val LONG = 600
