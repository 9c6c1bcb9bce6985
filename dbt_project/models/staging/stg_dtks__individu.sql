-- depends_on: {{ source('landing', 'dtks') }}, {{ source('landing', 'rencana') }}
{{ stage_contract('dtks') }}
