//! Passwords and tokens. Nothing here prints or stores a secret.

use std::fmt;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Error, Result};

/// What unknown addresses are checked against: the parameters of real hashes, nobody's password.
const NOBODY: &str = "$argon2id$v=19$m=9216,t=4,p=1$c29tZXNhbHRzb21lc2FsdA$8v2qkYB9nqFoNVpxVJ6Fz0nT2aTz6hX8ZsD8sVlSDhM";

/// What people choose most, without the digits and signs they put behind it.
#[rustfmt::skip]
const COMMON: [&str; 50] = [
    "password", "passwort", "passw0rd", "pass", "qwerty", "qwertyuiop", "qwertzuiop", "qwertz",
    "azertyuiop", "asdfghjkl", "asdf", "zxcvbnm", "abc", "abcdef", "abcdefghij", "letmein",
    "welcome", "iloveyou", "administrator", "admin", "root", "user", "guest", "test", "changeme",
    "default", "secret", "login", "master", "monkey", "dragon", "sunshine", "princess", "football",
    "baseball", "basketball", "superman", "batman", "starwars", "pokemon", "michael", "jennifer",
    "charlie", "ashley", "shadow", "trustno", "whatever", "computer", "internet", "wherefore",
];

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

/// Whether two secrets are the same, in a time that tells nothing about where they differ.
pub fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// A password that was found good enough, as it is stored: an Argon2id hash. Making one takes a core
/// for tens of milliseconds, so it is made before a transaction begins.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Checks and hashes what somebody chose.
    pub fn new(chosen: &str) -> Result<Self> {
        check_password(chosen)?;
        // Nine megabytes and four passes: as strong as fewer passes over more, by OWASP's cheat
        // sheet on storing passwords, and an idle server keeps less.
        let params = Params::new(9 * 1024, 4, 1, None).map_err(Error::internal)?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = argon.hash_password(chosen.as_bytes()).map_err(Error::internal)?;
        Ok(Self(hash.to_string()))
    }

    pub fn hash(&self) -> &str {
        &self.0
    }
}

/// Whether the password belongs to the hash. Without a hash the same time passes, so that nobody
/// learns which addresses have an account.
pub fn verify_password(password: &str, hash: Option<&str>) -> bool {
    let known = PasswordHash::new(hash.unwrap_or(NOBODY))
        .is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok());
    known && hash.is_some()
}

/// Refuses passwords that are quickly guessed.
fn check_password(password: &str) -> Result<()> {
    if password.chars().count() < 10 {
        return Err(Error::invalid(
            "password",
            "The password needs at least 10 characters. A few words are fine.",
        ));
    }
    if password.len() > 1000 {
        return Err(Error::invalid("password", "The password may have up to 1,000 characters."));
    }
    if is_common(password) {
        return Err(Error::invalid(
            "password",
            "That password is among the first that are tried. Choose another.",
        ));
    }
    Ok(())
}

/// Whether it is a common word with digits and signs behind, nothing but digits, or a word twice.
fn is_common(password: &str) -> bool {
    let plain: String = password.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let word = plain.trim_end_matches(|c: char| c.is_ascii_digit());
    let twice = word.len() % 2 == 0
        && word.is_char_boundary(word.len() / 2)
        && word[..word.len() / 2] == word[word.len() / 2..];
    let half = if twice { &word[..word.len() / 2] } else { word };
    let one_character = plain.chars().all(|c| plain.starts_with(c));
    word.is_empty() || one_character || COMMON.contains(&word) || COMMON.contains(&half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_verifies_against_its_own_hash_only() {
        let hash = Password::new("four words make sense").unwrap();
        assert!(verify_password("four words make sense", Some(hash.hash())));
        assert!(!verify_password("four words make cents", Some(hash.hash())));
        assert!(!verify_password("four words make sense", None));
    }

    #[test]
    fn an_unknown_address_costs_as_much_as_a_known_one() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let somebody = Password::new("four words make sense").unwrap();
        assert_eq!(nobody.params, PasswordHash::new(somebody.hash()).unwrap().params);
        assert!(!verify_password("four words make sense", Some("not a hash")));
    }

    #[test]
    fn secrets_compare_and_hash() {
        assert!(same("wf_1", "wf_1") && !same("wf_1", "wf_2") && !same("wf_1", "wf_11"));
        let (one, other) = (Secret::new("wf_"), Secret::new("wf_"));
        assert_ne!(one.hash(), other.hash());
        assert_eq!(one.hash(), hash_of(one.reveal()));
        assert_eq!(one.hash().len(), 64);
    }

    #[test]
    fn short_and_common_passwords_are_refused() {
        assert!(check_password("short").is_err());
        for common in [
            "Password2026",
            "password!!1",
            "1234567890",
            "0000000000000",
            "aaaaaaaaaa",
            "qwertyqwerty",
            "Wherefore1!",
            "----------",
        ] {
            assert!(check_password(common).is_err(), "{common}");
        }
        for good in ["correct horse battery", "passwords are a nuisance", "пароль длинный"]
        {
            assert!(check_password(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_secret_does_not_print_itself() {
        let secret = Secret::new("wf_");
        assert!(secret.reveal().starts_with("wf_"));
        assert!(!format!("{secret:?}").contains(secret.reveal()));
    }
}
