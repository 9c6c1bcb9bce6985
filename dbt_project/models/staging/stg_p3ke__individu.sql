-- depends_on: {{ source('landing', 'p3ke_individu') }}, {{ source('landing', 'rencana') }}, {{ source('landing', 'p3ke_keluarga') }}
{{ stage_contract('p3ke_individu') }}
