// Stub of androidx.activity 1.10: what is asked of the photo picker.
package androidx.activity.result

import androidx.activity.result.contract.ActivityResultContracts.PickVisualMedia.VisualMediaType

class PickVisualMediaRequest internal constructor()
fun PickVisualMediaRequest(mediaType: VisualMediaType): PickVisualMediaRequest = throw IllegalStateException()
