package androidx.fragment.app;

import androidx.activity.ComponentActivity;

/** Stub of androidx.fragment 1.8: what a BiometricPrompt wants. */
public class FragmentActivity extends ComponentActivity {}
