{{ config(tags=['panggilan_1']) }}
{% set relations = {} %}
{% for model in staging_models() + supporting_models() %}{% do relations.update({model: ref(model)}) %}{% endfor %}
{{ gap_rows('cleansing', relations=relations) }}
