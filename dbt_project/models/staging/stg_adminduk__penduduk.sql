-- depends_on: {{ source('landing', 'adminduk') }}, {{ source('landing', 'rencana') }}
{{ stage_contract('adminduk') }}
