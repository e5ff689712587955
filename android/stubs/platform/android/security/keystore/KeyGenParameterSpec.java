package android.security.keystore;

import java.security.spec.AlgorithmParameterSpec;

/** Stub: with StrongBox (API 28), attestation and new biometrics (24) and what counts as the person (30). */
public final class KeyGenParameterSpec implements AlgorithmParameterSpec {
    public static final class Builder {
        public Builder(String keystoreAlias, int purposes) {}

        public native KeyGenParameterSpec build();

        public native Builder setAlgorithmParameterSpec(AlgorithmParameterSpec spec);

        public native Builder setAttestationChallenge(byte[] attestationChallenge);

        public native Builder setBlockModes(String... blockModes);

        public native Builder setDigests(String... digests);

        public native Builder setEncryptionPaddings(String... paddings);

        public native Builder setInvalidatedByBiometricEnrollment(boolean invalidateKey);

        public native Builder setIsStrongBoxBacked(boolean isStrongBoxBacked);

        public native Builder setKeySize(int keySize);

        public native Builder setUserAuthenticationParameters(int timeout, int type);

        public native Builder setUserAuthenticationRequired(boolean required);
    }
}
