-- depends_on: {{ source('landing', 'dtsen') }}, {{ source('landing', 'rencana') }}
{{ stage_contract('dtsen') }}
