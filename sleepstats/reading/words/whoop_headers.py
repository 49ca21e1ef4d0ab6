"""The column names of WHOOP's export, which come in the language of the account."""

from __future__ import annotations

import re
import unicodedata

from sleepstats.reading.text import normal_header

#: Our word for a column -> its names: English, Spanish, German, French, Portuguese (Brazil).
_NAMES: dict[str, tuple[str, ...]] = {
    "cycle start": ("cycle start time", "hora de inicio del ciclo", "startzeit des zyklus",
                    "heure de debut du cycle", "hora de inicio do ciclo"),
    "cycle end": ("cycle end time", "hora de finalizacion del ciclo", "endzeit des zyklus",
                  "heure de fin du cycle", "hora de fim do ciclo"),
    "zone": ("cycle timezone", "zona horaria del ciclo", "zeitzone des zyklus",
             "fuseau horaire du cycle", "fuso horario do ciclo"),
    "onset": ("sleep onset", "inicio del sueno", "beginn des schlafs",
              "premiers signes de sommeil", "inicio do sono"),
    "wake": ("wake onset", "inicio de la vigilia", "beginn des aufwachens",
             "premiers signes de reveil", "inicio da vigilia"),
    "nap": ("nap", "siesta", "nickerchen", "sieste", "sesta"),
    "recovery": ("recovery score %", "puntuacion de recuperacion %", "erholungswert %",
                 "score de recuperation %", "pontuacao de recuperacao %"),
    "resting": ("resting heart rate bpm", "frecuencia cardiaca en reposo lpm",
                "ruheherzfrequenz schlage pro minute", "frequence cardiaque au repos bpm",
                "frequencia cardiaca em repouso bpm"),
    "variability": ("heart rate variability ms", "variabilidad de la frecuencia cardiaca ms",
                    "herzfrequenzvariabilitat ms", "variabilite de la frequence cardiaque ms",
                    "variabilidade da frequencia cardiaca ms"),
    "skin": ("skin temp celsius", "temp cutanea grados centigrados", "hauttemperatur celsius",
             "temperature cutanee celsius", "temp da pele celsius"),
    "oxygen": ("blood oxygen %", "oxigeno en sangre %", "blutsauerstoff %",
               "niveau d oxygene %", "% de oxigenio no sangue"),
    "strain": ("day strain", "esfuerzo del dia", "tagesbelastung", "effort du jour",
               "esforco diario"),
    "energy": ("energy burned cal", "energia quemada cal", "verbrannte energie cal",
               "depense energetique cal", "energia queimada cal"),
    "performance": ("sleep performance %", "calificacion del sueno %", "schlafleistung %",
                    "performance sommeil %", "desempenho do sono %"),
    "breathing": ("respiratory rate rpm", "frecuencia respiratoria rpm",
                  "atemfrequenz atemzuge min", "frequence respiratoire tr min",
                  "frequencia respiratoria rpm"),
    "asleep": ("asleep duration min", "duracion del sueno min", "schlafdauer min",
               "duree du sommeil min", "duracao do sono min"),
    "in bed": ("in bed duration min", "tiempo en la cama min", "dauer im bett min",
               "temps passe au lit min", "duracao na cama min"),
    "light": ("light sleep duration min", "duracion de sueno ligero min",
              "dauer des leichtschlafs min", "duree du sommeil leger min",
              "duracao do sono leve min"),
    "deep": ("deep sws duration min", "duracion de sueno profundo sws min",
             "dauer des tiefschlafs min", "duree du sommeil profond min",
             "duracao profundo sono min"),
    "rem": ("rem duration min", "duracion de sueno rem min", "dauer des rem schlafs min",
            "duree du sommeil paradoxal min", "duracao rem min"),
    "awake": ("awake duration min", "tempo despierto a min", "tiempo despierto a min",
              "dauer des aufwachens min", "temps d eveil min", "duracao de vigilia min"),
    "question": ("question text", "texto de la pregunta", "fragetext"),
    "answer": ("answered yes", "answered yes no", "respondio si", "beantwortet mit ja"),
    "notes": ("notes", "notas", "anmerkungen"),
}  # fmt: skip
_WORD = {name: word for word, names in _NAMES.items() for name in names}


def whoop_name(header: str) -> str:
    r"""Return our word for a header of WHOOP's export in any of its languages, else the header.

    >>> whoop_name("Hora de inicio del ciclo"), whoop_name("Respondió \"Sí\"")
    ('cycle start', 'answer')
    """
    plain = unicodedata.normalize("NFKD", normal_header(header))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"[^\w%]+", " ", plain).strip()
    return _WORD.get(plain, plain)
