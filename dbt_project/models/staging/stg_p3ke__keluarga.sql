-- depends_on: {{ source('landing', 'p3ke_keluarga') }}, {{ source('landing', 'rencana') }}, {{ source('landing', 'p3ke_individu') }}
{{ stage_contract('p3ke_keluarga') }}
