package org.countersign.app.phone

import android.content.Context
import android.content.pm.PackageManager
import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import androidx.biometric.BiometricManager
import androidx.biometric.BiometricManager.Authenticators.BIOMETRIC_STRONG
import androidx.biometric.BiometricManager.Authenticators.DEVICE_CREDENTIAL
import org.countersign.core.PlatformKeyException
import java.security.spec.ECGenParameterSpec

/**
 * How each key is made. One that stands for the person wants them for each use: their fingerprint or face where there is
 * one, and then it is destroyed when another one is enrolled; else the screen lock, which Android can ask for from 11 on.
 */
class KeySpecs(
    private val context: Context,
) {
    /** What the prompt for the person's keys accepts. A key that allowed both would outlive new fingerprints. */
    val authenticators: Int
        get() = if (hasBiometrics() || Build.VERSION.SDK_INT < Build.VERSION_CODES.R) BIOMETRIC_STRONG else DEVICE_CREDENTIAL

    /** With a challenge, the phone says over it where the key is and what it is for. */
    fun signing(
        name: String,
        ofThePerson: Boolean,
        strongBox: Boolean,
        challenge: ByteArray?,
    ): KeyGenParameterSpec =
        KeyGenParameterSpec
            .Builder(name, KeyProperties.PURPOSE_SIGN)
            .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
            .setDigests(KeyProperties.DIGEST_SHA256)
            .setAttestationChallenge(challenge)
            .also { if (ofThePerson) wantThePerson(it) }
            .also { if (strongBox) inStrongBox(it) }
            .build()

    fun wrapping(
        name: String,
        strongBox: Boolean,
    ): KeyGenParameterSpec =
        KeyGenParameterSpec
            .Builder(name, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
            .setKeySize(AES_BITS)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .also { wantThePerson(it) }
            .also { if (strongBox) inStrongBox(it) }
            .build()

    /** Makes a key in the phone's separate chip where there is one that takes it, else in the processor's protected part. */
    fun <T> inBestPlace(make: (strongBox: Boolean) -> T): T {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.P || !hasStrongBox()) return make(false)
        return try {
            make(true)
        } catch (full: StrongBoxUnavailableException) {
            make(false)
        }
    }

    private fun wantThePerson(spec: KeyGenParameterSpec.Builder) {
        if (BiometricManager.from(context).canAuthenticate(authenticators) != BiometricManager.BIOMETRIC_SUCCESS) {
            throw PlatformKeyException.Unavailable("no screen lock or biometric is set up")
        }
        spec.setUserAuthenticationRequired(true).setInvalidatedByBiometricEnrollment(true)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            val way = if (hasBiometrics()) KeyProperties.AUTH_BIOMETRIC_STRONG else KeyProperties.AUTH_DEVICE_CREDENTIAL
            spec.setUserAuthenticationParameters(EACH_USE, way)
        }
    }

    private fun inStrongBox(spec: KeyGenParameterSpec.Builder) {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) spec.setIsStrongBoxBacked(true)
    }

    private fun hasBiometrics(): Boolean =
        BiometricManager.from(context).canAuthenticate(BIOMETRIC_STRONG) == BiometricManager.BIOMETRIC_SUCCESS

    private fun hasStrongBox(): Boolean = context.packageManager.hasSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE)

    private companion object {
        const val AES_BITS = 256
        const val EACH_USE = 0
    }
}
