package org.countersign.app.model

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory
import java.io.File

/** Plays every scenario that both phones share. */
class ScenariosTest {
    @TestFactory
    fun scenarios(): List<DynamicTest> {
        val all = Json.read(File("${Party.root}/tests/shells/scenarios.json").readText()) as List<*>
        return all.map { scenario ->
            scenario as Map<*, *>
            val name = scenario["name"] as String
            DynamicTest.dynamicTest(name) {
                runBlocking { Player(name).use { player -> (scenario["steps"] as List<*>).forEach { player.play(it as Map<*, *>) } } }
            }
        }
    }
}
