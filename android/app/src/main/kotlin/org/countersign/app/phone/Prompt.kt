package org.countersign.app.phone

import androidx.biometric.BiometricManager.Authenticators.DEVICE_CREDENTIAL
import androidx.biometric.BiometricPrompt
import androidx.core.content.ContextCompat
import androidx.fragment.app.FragmentActivity
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext
import org.countersign.app.R
import org.countersign.core.PlatformKeyException
import java.security.Signature
import javax.crypto.Cipher
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/** Asks the person for their fingerprint, face or screen lock. What they allow is one use of one key, never a mere yes. */
class Prompt {
    private var front: FragmentActivity? = null

    /** The activity that a prompt can be shown over. Main thread, as everything here. */
    fun inFront(activity: FragmentActivity) {
        front = activity
    }

    fun left(activity: FragmentActivity) {
        if (front === activity) front = null
    }

    suspend fun sign(
        signature: Signature,
        authenticators: Int,
        application: String,
    ): Signature =
        ask(BiometricPrompt.CryptoObject(signature), authenticators, R.string.prompt_sign, application).signature
            ?: throw PlatformKeyException.AuthenticationRequired()

    suspend fun cipher(
        cipher: Cipher,
        authenticators: Int,
        title: Int,
    ): Cipher =
        ask(BiometricPrompt.CryptoObject(cipher), authenticators, title, "").cipher
            ?: throw PlatformKeyException.AuthenticationRequired()

    private suspend fun ask(
        use: BiometricPrompt.CryptoObject,
        authenticators: Int,
        title: Int,
        subtitle: String,
    ): BiometricPrompt.CryptoObject =
        withContext(Dispatchers.Main) {
            val activity = front ?: throw PlatformKeyException.AuthenticationRequired()
            val info =
                BiometricPrompt.PromptInfo
                    .Builder()
                    .setTitle(activity.getString(title))
                    .setSubtitle(subtitle)
                    .setAllowedAuthenticators(authenticators)
            // Without the screen lock as a way out, the prompt must have a button to leave it.
            if (authenticators and DEVICE_CREDENTIAL == 0) info.setNegativeButtonText(activity.getString(R.string.action_cancel))
            suspendCancellableCoroutine { waiting ->
                val answer =
                    object : BiometricPrompt.AuthenticationCallback() {
                        override fun onAuthenticationSucceeded(result: BiometricPrompt.AuthenticationResult) {
                            val allowed = result.cryptoObject
                            if (!waiting.isActive) return
                            if (allowed == null) {
                                waiting.resumeWithException(PlatformKeyException.AuthenticationRequired())
                            } else {
                                waiting.resume(allowed)
                            }
                        }

                        override fun onAuthenticationError(
                            errorCode: Int,
                            errString: CharSequence,
                        ) {
                            if (waiting.isActive) waiting.resumeWithException(refused(errorCode))
                        }
                    }
                val prompt = BiometricPrompt(activity, ContextCompat.getMainExecutor(activity), answer)
                prompt.authenticate(info.build(), use)
                waiting.invokeOnCancellation { activity.runOnUiThread { prompt.cancelAuthentication() } }
            }
        }

    private fun refused(code: Int): PlatformKeyException =
        when (code) {
            BiometricPrompt.ERROR_USER_CANCELED,
            BiometricPrompt.ERROR_NEGATIVE_BUTTON,
            BiometricPrompt.ERROR_CANCELED,
            -> PlatformKeyException.Cancelled()

            BiometricPrompt.ERROR_LOCKOUT,
            BiometricPrompt.ERROR_LOCKOUT_PERMANENT,
            BiometricPrompt.ERROR_TIMEOUT,
            -> PlatformKeyException.AuthenticationRequired()

            else -> PlatformKeyException.Unavailable("the prompt ended with $code")
        }
}
