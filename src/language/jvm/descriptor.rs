//! Descriptors (JVMS § 4.3): what a method takes and gives, and how types are named in source.

/// The types of a method's parameters, and of what it gives; each as it stands in the descriptor.
pub(super) fn of_method(descriptor: &str) -> Option<(Vec<&str>, &str)> {
    let (mut taken, gives) = descriptor.strip_prefix('(')?.split_once(')')?;
    let mut params = Vec::new();
    while !taken.is_empty() {
        let (param, rest) = taken.split_at_checked(length(taken)?)?;
        params.push(param);
        taken = rest;
    }
    Some((params, gives))
}

/// How many bytes the first type takes.
fn length(types: &str) -> Option<usize> {
    let dimensions = types.bytes().take_while(|byte| *byte == b'[').count();
    let rest = types.get(dimensions..)?;
    let own = if rest.starts_with('L') { rest.find(';')? + 1 } else { 1 };
    Some(dimensions + own)
}

/// Whether it takes two slots of locals.
pub(super) fn is_wide(ty: &str) -> bool {
    matches!(ty, "J" | "D")
}

/// A type's last name, as source has it; `None` for `void`.
pub(super) fn name(ty: &str) -> Option<&str> {
    Some(match ty.trim_start_matches('[') {
        "V" => return None,
        "Z" => "boolean",
        "B" => "byte",
        "C" => "char",
        "S" => "short",
        "I" => "int",
        "J" => "long",
        "F" => "float",
        "D" => "double",
        class => simple(class.strip_prefix('L').and_then(|class| class.strip_suffix(';')).unwrap_or(class)),
    })
}

/// The last name of a class by its internal name: `java/util/Map$Entry` is `Entry`.
pub(super) fn simple(class: &str) -> &str {
    let last = class.rsplit('/').next().unwrap_or(class);
    last.rsplit('$').find(|part| !part.is_empty()).unwrap_or(last)
}

/// The package, and the class with the classes around it.
pub(super) fn path(class: &str) -> (Vec<String>, Vec<String>) {
    let (package, names) = class.rsplit_once('/').unwrap_or(("", class));
    let parts = |text: &str, by: char| text.split(by).filter(|part| !part.is_empty()).map(str::to_owned).collect();
    (parts(package, '/'), parts(names, '$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_are_taken_apart() {
        for (descriptor, expected) in [
            ("()V", Some((vec![], "V"))),
            ("(JLjava/util/Date;[[IZ)Lx;", Some((vec!["J", "Ljava/util/Date;", "[[I", "Z"], "Lx;"))),
            ("(Lx)V", None),
            ("(é)V", None),
            ("J", None),
        ] {
            assert_eq!(of_method(descriptor), expected, "{descriptor}");
        }
        assert_eq!(name("[Ljava/util/Map$Entry;"), Some("Entry"));
        assert_eq!(simple("a/B$1"), "1");
    }
}
