//! Passwords and tokens. Nothing here prints or stores a secret.

use std::fmt;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, PasswordHash};
use sha2::{Digest, Sha256};

use super::{Error, Result};

/// A random token of 256 bits; shown once, kept as a hash.
pub struct Secret(String);

impl Secret {
    /// A new token that begins with `prefix`, so that scanners and people recognise it.
    pub fn new(prefix: &str) -> Self {
        let mut bytes = [0_u8; 32];
        if getrandom::fill(&mut bytes).is_err() {
            // Without randomness there is no security to keep up.
            std::process::abort();
        }
        Self(format!("{prefix}{}", hex(&bytes)))
    }

    pub fn hash(&self) -> String {
        hash_of(&self.0)
    }

    /// The token itself, for the one place that hands it over.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// How a token is stored and looked up.
pub fn hash_of(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Hashes a password with Argon2id.
pub fn hash_password(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(Error::internal)?;
    Ok(hash.to_string())
}

/// Whether the password belongs to the hash. Without a hash the same time passes, so that nobody
/// learns which addresses have an account.
pub fn verify_password(password: &str, hash: Option<&str>) -> bool {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$8v2qkYB9nqFoNVpxVJ6Fz0nT2aTz6hX8ZsD8sVlSDhM";
    let known = PasswordHash::new(hash.unwrap_or(NOBODY))
        .is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok());
    known && hash.is_some()
}

/// Refuses passwords that are quickly guessed.
pub fn check_password(password: &str) -> Result<()> {
    const COMMON: [&str; 8] = [
        "password",
        "1234567890",
        "qwertyuiop",
        "letmein",
        "iloveyou",
        "administrator",
        "welcome",
        "wherefore",
    ];
    if password.chars().count() < 10 {
        return Err(Error::invalid(
            "password",
            "The password needs at least 10 characters. A few words are fine.",
        ));
    }
    if password.len() > 1000 {
        return Err(Error::invalid("password", "The password may have up to 1,000 characters."));
    }
    let plain: String = password.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    if COMMON
        .iter()
        .any(|c| plain.trim_end_matches(|d: char| d.is_ascii_digit()) == *c || plain == *c)
    {
        return Err(Error::invalid(
            "password",
            "That password is among the first that are tried. Choose another.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_verifies_against_its_own_hash_only() {
        let hash = hash_password("four words make sense").unwrap();
        assert!(verify_password("four words make sense", Some(&hash)));
        assert!(!verify_password("four words make cents", Some(&hash)));
        assert!(!verify_password("four words make sense", None));
    }

    #[test]
    fn short_and_common_passwords_are_refused() {
        assert!(check_password("short").is_err());
        assert!(check_password("Password2026").is_err());
        assert!(check_password("correct horse battery").is_ok());
    }

    #[test]
    fn a_secret_does_not_print_itself() {
        let secret = Secret::new("wf_");
        assert!(secret.reveal().starts_with("wf_"));
        assert!(!format!("{secret:?}").contains(secret.reveal()));
    }
}
