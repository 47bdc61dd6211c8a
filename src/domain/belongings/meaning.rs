//! What a policy document means, without the forms that make no difference.

use serde_json::{Map, Value};

/// A document without what means nothing.
pub(super) fn meaning(document: &Value) -> Value {
    let Some(document) = document.as_object() else {
        return document.clone();
    };
    let mut plain = Map::new();
    for (key, value) in document {
        match key.as_str() {
            "Id" => {}
            "Statement" => {
                plain.insert(key.clone(), sorted(value, statement));
            }
            _ => {
                plain.insert(key.clone(), value.clone());
            }
        }
    }
    Value::Object(plain)
}

fn statement(statement: &Value) -> Value {
    let Some(statement) = statement.as_object() else {
        return statement.clone();
    };
    let mut plain = Map::new();
    for (key, value) in statement {
        let value = match key.as_str() {
            "Sid" => continue,
            "Action" | "NotAction" | "Resource" | "NotResource" => sorted(value, Value::clone),
            "Condition" => condition(value),
            _ => value.clone(),
        };
        plain.insert(key.clone(), value);
    }
    plain.sort_keys();
    Value::Object(plain)
}

/// Operators, each with its keys, each with its values.
fn condition(value: &Value) -> Value {
    let Some(operators) = value.as_object() else {
        return value.clone();
    };
    let mut plain = Map::new();
    for (operator, keys) in operators {
        let keys = match keys.as_object() {
            Some(keys) => {
                let keys = keys.iter();
                let mut plain: Map<String, Value> = keys
                    .map(|(key, values)| (key.clone(), sorted(values, Value::clone)))
                    .collect();
                plain.sort_keys();
                Value::Object(plain)
            }
            None => keys.clone(),
        };
        plain.insert(operator.clone(), keys);
    }
    plain.sort_keys();
    Value::Object(plain)
}

/// A list whose order means nothing; one value is a list of one.
fn sorted(value: &Value, each: impl Fn(&Value) -> Value) -> Value {
    let mut all: Vec<Value> = match value {
        Value::Array(all) => all.iter().map(each).collect(),
        one => vec![each(one)],
    };
    all.sort_by_cached_key(Value::to_string);
    all.dedup();
    Value::Array(all)
}

#[cfg(test)]
mod tests {
    use crate::domain::Document;

    fn with(statement: &str) -> Document {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
        Document::parse(&text).unwrap()
    }

    #[test]
    fn the_same_meaning_is_not_the_same_text() {
        let a = with(
            r#"{"Sid":"a","Effect":"Allow","Action":["iot:Publish","iot:Receive"],"Resource":"arn:x"}"#,
        );
        let b = with(
            r#"{"Resource":["arn:x"],"Action":["iot:Receive","iot:Publish"],"Effect":"Allow"}"#,
        );
        assert!(a.same_meaning(&b));
        let one = Document::parse(
            r#"{"Statement":{"Effect":"Allow","Action":["iot:Receive","iot:Publish"],"Resource":"arn:x"},"Version":"2012-10-17","Id":"z"}"#,
        );
        assert!(a.same_meaning(&one.unwrap()));
        for other in [
            r#"{"Effect":"Deny","Action":["iot:Publish","iot:Receive"],"Resource":"arn:x"}"#,
            r#"{"Effect":"Allow","Action":["iot:Publish"],"Resource":"arn:x"}"#,
            r#"{"Effect":"Allow","Action":["iot:Publish","iot:Receive"],"NotResource":"arn:x"}"#,
            r#"{"Effect":"Allow","Action":["iot:Publish","iot:Receive"],"Resource":"arn:x","Condition":{"Bool":{"a":"true"}}}"#,
        ] {
            assert!(!a.same_meaning(&with(other)), "{other}");
        }
        let old = r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
        let new = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
        assert!(!Document::parse(old).unwrap().same_meaning(&with(new)));
    }

    #[test]
    fn conditions_are_compared_by_their_values() {
        let condition = |text: &str| {
            with(&format!(
                r#"{{"Effect":"Allow","Action":"iot:Connect","Resource":"*","Condition":{text}}}"#
            ))
        };
        let a = condition(r#"{"Bool":{"k":["true"]},"StringLike":{"x":["1","2"]}}"#);
        let b = condition(r#"{"StringLike":{"x":["2","1"]},"Bool":{"k":"true"}}"#);
        assert!(a.same_meaning(&b));
        assert!(!a.same_meaning(&condition(
            r#"{"Bool":{"k":"true"},"StringLike":{"x":["1"]}}"#
        )));
    }
}
