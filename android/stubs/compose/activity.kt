// Stub of androidx.activity 1.10 and its Compose part: content, back, results. ComponentActivity is in ../libraries.
package androidx.activity

fun ComponentActivity.enableEdgeToEdge(): Unit = throw IllegalStateException()
