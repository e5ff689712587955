package org.countersign.app.model

import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse

/** The relying party that `tests/shells/run` has started, and the network that it can cut. */
object Party {
    private val address = checkNotNull(System.getenv("COUNTERSIGN_SHELL_PARTY")) { "run these tests by tests/shells/run" }
    private val client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()

    val root: String = System.getenv("COUNTERSIGN_SHELL_ROOT")

    fun ask(
        path: String,
        members: Map<String, Any?>,
    ): Map<*, *> {
        val body = HttpRequest.BodyPublishers.ofString(Json.write(members))
        val request = HttpRequest.newBuilder(URI("$address$path")).POST(body).build()
        val reply = client.send(request, HttpResponse.BodyHandlers.ofString())
        check(reply.statusCode() == 200) { "$path: ${reply.body()}" }
        return Json.read(reply.body()) as Map<*, *>
    }

    fun link(user: String): String = ask("/link", mapOf("user" to user))["link"] as String

    fun network(up: Boolean) = ask("/network", mapOf("up" to up))

    fun devices(user: String): List<Map<*, *>> = (ask("/devices", mapOf("user" to user))["devices"] as List<*>).map { it as Map<*, *> }
}
