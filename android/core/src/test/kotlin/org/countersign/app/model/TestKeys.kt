package org.countersign.app.model

import org.countersign.core.AppAttestation
import org.countersign.core.KeyUse
import org.countersign.core.NewKey
import org.countersign.core.PlatformKeyException
import org.countersign.core.PlatformKeyStore
import java.math.BigInteger
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/** A phone's key store made of the JVM's own cryptography, and a person who can be told what to do when asked. */
class TestKeys : PlatformKeyStore {
    private val signing = ConcurrentHashMap<Pair<String, KeyUse>, KeyPair>()
    private val wrapping = ConcurrentHashMap<String, SecretKey>()

    /** What happens when the person is asked to confirm. */
    @Volatile var prompt: suspend () -> Unit = {}

    /** What the phone says of each key that it makes from now on. */
    @Volatile var certificates: List<ByteArray> = emptyList()

    /** Over what it was to say so. */
    val challenges = CopyOnWriteArrayList<ByteArray>()

    fun lose() {
        signing.clear()
        wrapping.clear()
    }

    override suspend fun generate(
        alias: String,
        keyUse: KeyUse,
        challenge: ByteArray,
    ): NewKey {
        challenges += challenge
        val generator = KeyPairGenerator.getInstance("EC")
        generator.initialize(ECGenParameterSpec("secp256r1"))
        val pair = generator.generateKeyPair()
        signing[alias to keyUse] = pair
        val point = (pair.public as ECPublicKey).w
        return NewKey(point = byteArrayOf(4) + bytes(point.affineX) + bytes(point.affineY), certificates = certificates)
    }

    override suspend fun attestApp(challenge: ByteArray): AppAttestation? = null

    override suspend fun sign(
        alias: String,
        keyUse: KeyUse,
        message: ByteArray,
        context: String,
    ): ByteArray {
        if (keyUse == KeyUse.VERIFICATION) prompt()
        val pair = signing[alias to keyUse] ?: throw PlatformKeyException.Missing()
        return Signature.getInstance("SHA256withECDSA").run {
            initSign(pair.private)
            update(message)
            sign()
        }
    }

    override suspend fun wrap(
        alias: String,
        plain: ByteArray,
    ): ByteArray {
        val key = wrapping.getOrPut(alias) { KeyGenerator.getInstance("AES").apply { init(256) }.generateKey() }
        val cipher = Cipher.getInstance(AES).apply { init(Cipher.ENCRYPT_MODE, key) }
        return cipher.iv + cipher.doFinal(plain)
    }

    override suspend fun unwrap(
        alias: String,
        wrapped: ByteArray,
    ): ByteArray {
        prompt()
        val key = wrapping[alias] ?: throw PlatformKeyException.Missing()
        val cipher = Cipher.getInstance(AES)
        cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, wrapped, 0, IV_BYTES))
        return cipher.doFinal(wrapped, IV_BYTES, wrapped.size - IV_BYTES)
    }

    override suspend fun delete(alias: String) {
        signing.keys.removeIf { it.first == alias }
        wrapping.remove(alias)
    }

    private fun bytes(number: BigInteger): ByteArray =
        number.toByteArray().takeLast(FIELD_BYTES).toByteArray().let {
            ByteArray(FIELD_BYTES - it.size) +
                it
        }

    private companion object {
        const val AES = "AES/GCM/NoPadding"
        const val TAG_BITS = 128
        const val IV_BYTES = 12
        const val FIELD_BYTES = 32
    }
}
