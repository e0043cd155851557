// `cargo telemetry generate` makes this file from events.toml. Do not edit it.
//
// Include it in a test: use your_crate as program; include!("../generated/properties.rs");

static UPLOAD_SCHEMA: &str = include_str!("schemas/upload.schema.json");

{% for choice in choices %}
static {{ choice.table }}: &[(program::{{ choice.rust }}, &str)] = &[
{% for value in choice.values %}
    (program::{{ choice.rust }}::{{ value.variant }}, "{{ value.word }}"),
{% endfor %}
];

{% endfor %}
{% for event in events %}
static {{ event.kind }}: Kind = Kind {
    name: "{{ event.name }}",
    schema: include_str!("schemas/{{ event.name }}.schema.json"),
    payloads: {{ event.payloads }},
};

fn any_{{ event.name }}({{ event.host }}: Version) -> impl Strategy<Value = (program::{{ event.rust }}, Value)> {
{% if event.fields %}
    (
{% for strategy in event.strategies %}
        {{ strategy }},
{% endfor %}
    )
        .prop_map(|{{ event.pattern }}| {
            (
                program::{{ event.rust }} {
{% for field in event.fields %}
                    {{ field }}: {{ field }}.0,
{% endfor %}
                },
                says(
                    "{{ event.name }}",
                    [
{% for field in event.fields %}
                        ("{{ field }}", {{ field }}.1),
{% endfor %}
                    ],
                ),
            )
        })
{% else %}
    Just((program::{{ event.rust }} {}, says("{{ event.name }}", [])))
{% endif %}
}

#[test]
fn any_{{ event.name }}_comes_through() {
    values_come_through(&{{ event.kind }}, any_{{ event.name }});
}

{% if event.few %}
#[test]
fn every_{{ event.name }}_comes_through() {
    every_value_comes_through::<program::{{ event.rust }}>(&{{ event.kind }});
}

{% endif %}
#[test]
fn what_is_no_{{ event.name }}_is_refused() {
    anything_else_is_refused(&{{ event.kind }}, any_{{ event.name }});
}

{% endfor %}
{% if events %}
#[test]
fn a_thousand_events_tell_of_nobody() {
    sample_tells_of_nobody(
        1000,
        proptest::strategy::Union::new([
{% for event in events %}
            packed(any_{{ event.name }}).boxed(),
{% endfor %}
        ]),
    );
}

{% endif %}
#[test]
fn the_words_are_those_of_the_privacy_page() {
    words_are(&[
{% for word in words %}
        "{{ word }}",
{% endfor %}
    ]);
}

// The rest is the same for every program.

