package org.countersign.app.model

import kotlinx.coroutines.runBlocking
import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

/** The person does not want to wait any more. */
class CancellingTest {
    @Test
    fun `a prompt that is given up is closed, and the request can still be answered`() =
        runBlocking {
            TestPhone().use { phone ->
                val request = phone.askedToVerify("ann who gives up")
                val open = OpenPrompt()
                phone.keys.prompt = open.prompt
                request.approve()
                open.isOpen()
                assertEquals(Doing.Working, request.doing.value)
                request.cancel()
                request.succeeds()
                open.wasEnded()
                assertNull(request.state.value.ending)
                phone.keys.prompt = {}
                request.approve()
                request.succeeds()
                assertEquals(Ending.APPROVED, request.state.value.ending)
            }
        }

    @Test
    fun `a file that takes long is given up`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                phone.vault.openImport()
                val import = phone.top<Screen.Import>().model
                val file = File("${Party.root}/core/src/transfer/aegis/fixtures/encrypted.json").readText()
                import.read(file.replace(Regex("\"n\":\\s*1024"), "\"n\":262144").toByteArray())
                import.succeeds()
                assertEquals(ImportStep.PASSWORD, import.state.value.step)
                import.password("test-pass")
                assertEquals(Doing.Working, import.doing.value)
                import.cancel()
                import.succeeds()
                assertEquals(ImportStep.PASSWORD, import.state.value.step)
                // Nothing of it holds up what comes next.
                import.read(file.toByteArray())
                import.password("test-pass")
                import.settled()
                import.startOver()
                assertEquals(ImportStep.PICK, import.state.value.step)
            }
        }
}
