package org.countersign.app.phone

import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.security.keystore.UserNotAuthenticatedException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.countersign.app.R
import org.countersign.core.AppAttestation
import org.countersign.core.KeyUse
import org.countersign.core.NewKey
import org.countersign.core.PlatformKeyException
import org.countersign.core.PlatformKeyStore
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.PrivateKey
import java.security.ProviderException
import java.security.Signature
import java.security.interfaces.ECPublicKey
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/** The core's keys in the Android Keystore: none of them ever leaves the phone's hardware. */
class HardwareKeys(
    private val specs: KeySpecs,
    private val prompt: Prompt,
) : PlatformKeyStore {
    private val store: KeyStore by lazy { KeyStore.getInstance(STORE).apply { load(null) } }

    override suspend fun generate(
        alias: String,
        keyUse: KeyUse,
        challenge: ByteArray,
    ): NewKey =
        told {
            val pair =
                try {
                    makeSigningKey(alias, keyUse, challenge)
                } catch (mute: ProviderException) {
                    // Some phones cannot say where their keys are, or not without a network. Whether that will do is the server's to say.
                    makeSigningKey(alias, keyUse, null)
                }
            val point = (pair.public as ECPublicKey).w
            NewKey(
                point = byteArrayOf(UNCOMPRESSED) + coordinate(point.affineX.toByteArray()) + coordinate(point.affineY.toByteArray()),
                certificates = statement(name(alias, keyUse)),
            )
        }

    /** Android speaks for each key, and not for the app. */
    override suspend fun attestApp(challenge: ByteArray): AppAttestation? = null

    override suspend fun sign(
        alias: String,
        keyUse: KeyUse,
        message: ByteArray,
        context: String,
    ): ByteArray =
        told {
            val key = store.getKey(name(alias, keyUse), null) as? PrivateKey ?: throw PlatformKeyException.Missing()
            val signature = Signature.getInstance(ES256).apply { initSign(key) }
            val allowed = if (keyUse == KeyUse.VERIFICATION) prompt.sign(signature, specs.authenticators, context) else signature
            allowed.update(message)
            allowed.sign()
        }

    override suspend fun wrap(
        alias: String,
        plain: ByteArray,
    ): ByteArray =
        told {
            val key = wrappingKey(alias) ?: makeWrappingKey(alias)
            val cipher = Cipher.getInstance(AES_GCM).apply { init(Cipher.ENCRYPT_MODE, key) }
            val allowed = prompt.cipher(cipher, specs.authenticators, R.string.prompt_wrap)
            allowed.iv + allowed.doFinal(plain)
        }

    override suspend fun unwrap(
        alias: String,
        wrapped: ByteArray,
    ): ByteArray =
        told {
            val key = wrappingKey(alias) ?: throw PlatformKeyException.Missing()
            if (wrapped.size <= IV_BYTES) throw PlatformKeyException.Unavailable("what was wrapped is too short")
            val nonce = GCMParameterSpec(TAG_BITS, wrapped, 0, IV_BYTES)
            val cipher = Cipher.getInstance(AES_GCM).apply { init(Cipher.DECRYPT_MODE, key, nonce) }
            prompt.cipher(cipher, specs.authenticators, R.string.prompt_unlock).doFinal(wrapped, IV_BYTES, wrapped.size - IV_BYTES)
        }

    override suspend fun delete(alias: String) =
        told {
            (KeyUse.entries.map { name(alias, it) } + wrappingName(alias)).forEach { store.deleteEntry(it) }
        }

    private fun makeSigningKey(
        alias: String,
        keyUse: KeyUse,
        challenge: ByteArray?,
    ): KeyPair =
        specs.inBestPlace { strongBox ->
            val maker = KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, STORE)
            maker.initialize(specs.signing(name(alias, keyUse), keyUse == KeyUse.VERIFICATION, strongBox, challenge))
            maker.generateKeyPair()
        }

    /** What the phone says of a key. A certificate that stands alone is the key's own and says nothing. */
    private fun statement(name: String): List<ByteArray> {
        val chain = store.getCertificateChain(name).orEmpty()
        return if (chain.size > 1) chain.map { it.encoded } else emptyList()
    }

    private fun wrappingKey(alias: String): SecretKey? = store.getKey(wrappingName(alias), null) as? SecretKey

    private fun makeWrappingKey(alias: String): SecretKey =
        specs.inBestPlace { strongBox ->
            val maker = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, STORE)
            maker.init(specs.wrapping(wrappingName(alias), strongBox))
            maker.generateKey()
        }

    /** What goes wrong here, in the core's words. The system's own texts name keys and processes, so only the kind is kept. */
    private suspend fun <T> told(task: suspend () -> T): T =
        withContext(Dispatchers.IO) {
            try {
                task()
            } catch (known: PlatformKeyException) {
                throw known
            } catch (stopped: CancellationException) {
                throw stopped
            } catch (gone: KeyPermanentlyInvalidatedException) {
                throw PlatformKeyException.Invalidated()
            } catch (locked: UserNotAuthenticatedException) {
                throw PlatformKeyException.AuthenticationRequired()
            } catch (other: Exception) {
                throw PlatformKeyException.Unavailable(other.javaClass.simpleName)
            }
        }

    private companion object {
        const val STORE = "AndroidKeyStore"
        const val ES256 = "SHA256withECDSA"
        const val AES_GCM = "AES/GCM/NoPadding"
        const val UNCOMPRESSED: Byte = 4
        const val COORDINATE_BYTES = 32
        const val IV_BYTES = 12
        const val TAG_BITS = 128

        fun name(
            alias: String,
            keyUse: KeyUse,
        ) = if (keyUse == KeyUse.VERIFICATION) "$alias.verification" else "$alias.possession"

        fun wrappingName(alias: String) = "$alias.wrapping"

        /** Exactly 32 bytes: a big integer comes shorter, or with a sign before it. */
        fun coordinate(bytes: ByteArray): ByteArray {
            val digits = bytes.copyOfRange((bytes.size - COORDINATE_BYTES).coerceAtLeast(0), bytes.size)
            return ByteArray(COORDINATE_BYTES - digits.size) + digits
        }
    }
}
