{#- Rendered from expectations/contracts/ by `make render`: do not edit, the next rendering overwrites it. -#}

{#- The register whose people everybody is matched with. -#}
{% macro contract_reference() %}{{ return({"id": "adminduk", "registry": "adminduk", "model": "stg_adminduk__penduduk"}) }}{% endmacro %}

{#- The registries of the overlap and the contracts that deliver them. -#}
{% macro contract_registries() %}{{ return([
    {"id": "p3ke", "bit": 1, "family": "p3ke", "contracts": ["p3ke_keluarga", "p3ke_individu"], "family_files": ["p3ke_keluarga"]},
    {"id": "dtks", "bit": 2, "family": "kk", "contracts": ["dtks"], "family_files": []},
    {"id": "carik", "bit": 4, "family": "carik", "contracts": ["carik"], "family_files": []},
    {"id": "dtsen", "bit": 8, "family": "dtsen", "contracts": ["dtsen"], "family_files": []},
    {"id": "adminduk", "bit": 16, "family": "kk", "contracts": ["adminduk"], "family_files": []}
]) }}{% endmacro %}

{#- Staging model -> the contracts whose rows it holds. -#}
{% macro contract_staging() %}{{ return({
    "stg_adminduk__penduduk": ["adminduk"],
    "stg_p3ke__keluarga": ["p3ke_keluarga"],
    "stg_p3ke__individu": ["p3ke_individu"],
    "stg_dtks__individu": ["dtks"],
    "stg_carik__individu": ["carik"],
    "stg_dtsen__individu": ["dtsen"],
    "stg_bansos__penerima": ["bsps", "pkh", "sembako", "bpms", "jakpreneur", "kaj", "kartu_layanan_gratis", "kjmu", "kjp_plus", "klj", "kparj", "kpdj", "pangan_murah", "pbi_jkn", "pip"],
    "stg_pendukung__wilayah": ["penduduk_kelurahan"]
}) }}{% endmacro %}

{#- The registries whose own ids are kept beside the names: contract and staging model. -#}
{% macro contract_answered() %}{{ return([
    {"id": "p3ke_individu", "model": "stg_p3ke__individu"}
]) }}{% endmacro %}

{#- Staging model -> the contracts whose families it counts beside its own. -#}
{% macro contract_partners() %}{{ return({
    "stg_adminduk__penduduk": [],
    "stg_p3ke__keluarga": ["p3ke_individu"],
    "stg_p3ke__individu": ["p3ke_keluarga"],
    "stg_dtks__individu": [],
    "stg_carik__individu": [],
    "stg_dtsen__individu": [],
    "stg_bansos__penerima": [],
    "stg_pendukung__wilayah": []
}) }}{% endmacro %}
