//! Checks of a request's members against the service model: patterns, lengths, ranges, words.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::simulator::operations::call::Call;
use crate::simulator::wire::error::ApiError;
use crate::simulator::world::certificate::Position;

/// A member that breaks a rule of the model, in the words AWS uses for it.
pub(in crate::simulator) fn breaks(member: &str, value: &str, rule: &str) -> ApiError {
    ApiError::invalid(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must {rule}"
    ))
}

/// A required member that is not there.
pub(in crate::simulator) fn missing(member: &str) -> ApiError {
    ApiError::invalid(format!(
        "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
    ))
}

/// `CertificateId`: `(0x)?[a-fA-F0-9]+`, 64 characters. Answers it in small letters. An error says which member it was.
pub(in crate::simulator) fn certificate_id(
    member: &'static str,
    value: &str,
) -> Result<String, ApiError> {
    length(member, value, 64, 64)?;
    let digits = value.strip_prefix("0x").unwrap_or(value);
    if digits.chars().all(|digit| digit.is_ascii_hexdigit()) {
        Ok(value.to_ascii_lowercase())
    } else {
        Err(pattern(member, value, "(0x)?[a-fA-F0-9]+"))
    }
}

/// `PolicyName`: `[\w+=,.@-]+`, 1 to 128 characters.
pub(in crate::simulator) fn policy_name(value: &str) -> Result<(), ApiError> {
    length("policyName", value, 1, 128)?;
    if value
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || "_+=,.@-".contains(letter))
    {
        Ok(())
    } else {
        Err(pattern("policyName", value, "[\\w+=,.@-]+"))
    }
}

/// `PolicyVersionId`: `[0-9]+`.
pub(in crate::simulator) fn policy_version(value: &str) -> Result<(), ApiError> {
    if !value.is_empty() && value.chars().all(|digit| digit.is_ascii_digit()) {
        Ok(())
    } else {
        Err(pattern("policyVersionId", value, "[0-9]+"))
    }
}

/// `TemplateName`: `[0-9A-Za-z_-]+`, 1 to 36 characters.
pub(in crate::simulator) fn template_name(value: &str) -> Result<(), ApiError> {
    length("templateName", value, 1, 36)?;
    let good = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    if value.chars().all(good) {
        Ok(())
    } else {
        Err(pattern("templateName", value, "[0-9A-Za-z_-]+"))
    }
}

/// `ThingName`: `[a-zA-Z0-9:_-]+`, 1 to 128 characters.
pub(in crate::simulator) fn thing_name(value: &str) -> Result<(), ApiError> {
    name("thingName", value)
}

/// The name of a thing, a type or a group: `[a-zA-Z0-9:_-]+`, 1 to 128 characters.
pub(in crate::simulator) fn name(member: &str, value: &str) -> Result<(), ApiError> {
    length(member, value, 1, 128)?;
    if value
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || ":_-".contains(letter))
    {
        Ok(())
    } else {
        Err(pattern(member, value, "[a-zA-Z0-9:_-]+"))
    }
}

/// `ThingGroupName`: `[a-zA-Z0-9:_-]+`, 1 to 128 characters.
pub(in crate::simulator) fn group_name(value: &str) -> Result<(), ApiError> {
    name("thingGroupName", value)
}

/// `ThingTypeName`: `[a-zA-Z0-9:_-]+`, 1 to 128 characters.
pub(in crate::simulator) fn thing_type_name(value: &str) -> Result<(), ApiError> {
    name("thingTypeName", value)
}

/// `ShadowName`: `[$a-zA-Z0-9:_-]+`, 1 to 64 characters.
pub(in crate::simulator) fn shadow_name(value: &str) -> Result<(), ApiError> {
    length("shadowName", value, 1, 64)?;
    let good = |c: char| c.is_ascii_alphanumeric() || "$:_-".contains(c);
    if value.chars().all(good) {
        Ok(())
    } else {
        Err(pattern("shadowName", value, "[$a-zA-Z0-9:_-]+"))
    }
}

/// `BillingGroupName`: `[a-zA-Z0-9:_-]+`, 1 to 128 characters.
pub(in crate::simulator) fn billing_group_name(value: &str) -> Result<(), ApiError> {
    name("billingGroupName", value)
}

/// `AttributeName` and `AttributeValue`, without white space.
pub(in crate::simulator) fn attribute(member: &str, value: &str) -> Result<(), ApiError> {
    let good = |c: char| c.is_ascii_alphanumeric() || "_.,@/:#=[]-".contains(c);
    if value.chars().all(good) {
        Ok(())
    } else {
        Err(pattern(member, value, "[a-zA-Z0-9_.,@/:#=\\[\\]-]*"))
    }
}

/// `TagList`. The tags themselves are not kept.
pub(in crate::simulator) fn tags(call: &Call) -> Result<(), ApiError> {
    let tags = call.value("tags")?.unwrap_or_default();
    for tag in tags.as_array().into_iter().flatten() {
        let key = tag.get("Key").and_then(serde_json::Value::as_str);
        length("tags.Key", key.unwrap_or_default(), 1, 128)?;
    }
    Ok(())
}

/// `AwsAccountId`: 12 digits.
pub(in crate::simulator) fn account(member: &str, value: &str) -> Result<(), ApiError> {
    length(member, value, 12, 12)?;
    if value.chars().all(|digit| digit.is_ascii_digit()) {
        Ok(())
    } else {
        Err(pattern(member, value, "[0-9]+"))
    }
}

/// `Message`: any text of at most 128 characters.
pub(in crate::simulator) fn message(member: &str, value: &str) -> Result<(), ApiError> {
    length(member, value, 0, 128)
}

/// `PageSize`: 1 to 250, or the default.
pub(in crate::simulator) fn page_size(
    member: &str,
    value: Option<&str>,
    default: usize,
) -> Result<usize, ApiError> {
    let Some(value) = value else {
        return Ok(default);
    };
    match value.parse::<i64>() {
        Ok(size) if size < 1 => Err(breaks(
            member,
            value,
            "have value greater than or equal to 1",
        )),
        Ok(size) if size > 250 => Err(breaks(
            member,
            value,
            "have value less than or equal to 250",
        )),
        Ok(size) => Ok(usize::try_from(size).unwrap_or(default)),
        Err(_) => Err(breaks(member, value, "be an integer")),
    }
}

/// A boolean in a query.
pub(in crate::simulator) fn boolean(member: &str, value: Option<&str>) -> Result<bool, ApiError> {
    match value {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(breaks(member, other, "be a boolean")),
    }
}

/// A `Marker`, base64 of at most 1024 characters, made by [`marker`]: the last place of the page before.
pub(in crate::simulator) fn position(
    member: &str,
    value: Option<&str>,
) -> Result<Option<Position>, ApiError> {
    let Some(text) = text_marker(member, value)? else {
        return Ok(None);
    };
    text.split_once(' ')
        .and_then(|(created, id)| Some((created.parse().ok()?, id.to_owned())))
        .map(Some)
        .ok_or_else(|| bad_marker(member))
}

/// A `Marker` that is the last name of the page before.
pub(in crate::simulator) fn text_marker(
    member: &str,
    value: Option<&str>,
) -> Result<Option<String>, ApiError> {
    let Some(value) = value else {
        return Ok(None);
    };
    length(member, value, 0, 1024)?;
    STANDARD
        .decode(value)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .map(Some)
        .ok_or_else(|| bad_marker(member))
}

/// The marker of a place in a list. Opaque to clients.
pub(in crate::simulator) fn marker(text: &str) -> String {
    STANDARD.encode(text)
}

fn bad_marker(member: &str) -> ApiError {
    ApiError::invalid(format!("Invalid {member}"))
}

fn pattern(member: &str, value: &str, pattern: &str) -> ApiError {
    breaks(
        member,
        value,
        &format!("satisfy regular expression pattern: {pattern}"),
    )
}

fn length(member: &str, value: &str, least: usize, most: usize) -> Result<(), ApiError> {
    let length = value.chars().count();
    if length < least {
        Err(breaks(
            member,
            value,
            &format!("have length greater than or equal to {least}"),
        ))
    } else if length > most {
        Err(breaks(
            member,
            value,
            &format!("have length less than or equal to {most}"),
        ))
    } else {
        Ok(())
    }
}
