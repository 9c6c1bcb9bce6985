-- depends_on: {{ source('landing', 'carik') }}, {{ source('landing', 'rencana') }}
{{ stage_contract('carik') }}
