"""The vocabulary of diary headers: question texts and short names, and the columns they stand for.

Item wording follows the Consensus Sleep Diary (Carney et al. 2012, doi:10.5665/sleep.1642); the
rest are headers people give their own spreadsheets, with a few in other languages.
"""

from __future__ import annotations

#: Pseudo-columns that date a row.
EVENING_DATE, MORNING_DATE, FILLED_IN, PLAIN_DATE = (
    "<evening>",
    "<morning>",
    "<filled in>",
    "<date>",
)
DATES = (EVENING_DATE, MORNING_DATE, FILLED_IN, PLAIN_DATE)

#: Column or date, and the words that mean it; the first that fits a whole header counts.
PATTERNS: tuple[tuple[str, str], ...] = (
    (EVENING_DATE, r"night|(the )?night of|evening( of)?|(evening|bed|night) date|"
                   r"date (of )?(the )?(night|evening)|date evening|sleep date|"
                   r"nuit( du)?|soir(ée)?( du)?|noche( del?)?|avond|sera|notte( del)?|abend|"
                   r"nacht( vom)?|ночь"),
    (MORNING_DATE, r"morning( of)?|(wake|waking|morning) date|date (of )?(the )?(morning|waking)|"
                   r"date morning|today s date|what is today s date|matin( du)?|mañana|ochtend|"
                   r"mattina"),
    (FILLED_IN, r"time ?stamp|zeitstempel|submitted( at)?|completed( at)?|recorded ?date|"
                r"submission time|horodateur|marca temporal"),
    (PLAIN_DATE, r"date|day|datum|dato|fecha|data|дата|calendar date|diary date|jour|giorno|"
                  r"día|tag|dag"),
    ("alcohol_last", r".*last (alcoholic )?(drink|alcohol).*alcohol.*|last alcohol(ic drink)?|"
                     r"what time was your last alcoholic drink"),
    ("caffeine_last", r".*last caffein\w*( drink)?|last (coffee|caffeine)( at| time)?|"
                      r"what time was your last caffeinated drink"),
    ("alcohol_drinks", r"how many drinks containing alcohol.*|alcoholic drinks"),
    ("caffeine_drinks", r"how many caffeinated drinks.*|caffeinated drinks"),
    ("nap_min", r".*how long did you nap( or doze)?.*|nap (min\w*|time|duration|length)|"
                r"naps? total|total nap( time)?|(minutes|mins|min|time) napped"),
    ("sol_min", r"(.* )?how long .*(fall|get to|go to) (a)?sleep.*|.*sleep (onset )?latency.*|sol|"
                r"(minutes|mins|min|time|long) ((it )?(took|taken|needed) )?(to|until) "
                r"(fall(ing)? )?a?sleep.*|"
                r"(minutes|mins|min) (spent )?falling asleep|took to (fall )?a?sleep|"
                r"fell asleep after|latency|einschlaf(dauer|latenz|zeit)|minutes to sleep|"
                r"(temps|délai|durée|latence) (d |pour s )endorm\w+|latencia( del sueño)?|"
                r"(tiempo|minutos) (en|hasta|para) (dormir(me|se)?|conciliar el sueño)|"
                r"inslaaptijd|latenza|(tempo|minuti) per addormentarsi"),
    ("waso_min", r".*how long did (these|the|those) awakenings last.*|waso|wake after sleep onset|"
                 r"((total )?(minutes|mins|min|time|hours)( spent)? )?awake (in|during|at) (the )?"
                 r"night|(total )?(minutes|mins|min|time|hours)( spent)? awake|"
                 r"(awake|wake) time (in|during|at) (the )?night|awake time|nachts wach|"
                 r"wach(zeit)? in der nacht|"
                 r"(temps|durée) (d )?éveil\w*( nocturne| dans la nuit| pendant la nuit)?|"
                 r"tiempo despiert[oa]( en la noche| durante la noche)?|"
                 r"wach(zeit)? nachts|wachzeit in der nacht"),
    ("nawk", r".*how many times did you wake( up)?.*|(number of |no of |nr of |n |times )?"
             r"(awakenings?|wakings?|wake ?ups)( (in|during|at) (the )?night)?|"
             r"(number of )?times (i |you )?(woke|woken|awake|awoke)( up)?"
             r"( (in|during|at) (the )?night)?|"
             r"(night( ?time)?|nocturnal) (awakenings?|wakings?|wake ?ups)|"
             r"how often did you wake( up)?.*|nawk|nwak|"
             r"пробуждени\w*|anzahl aufwachen|(nombre (de |d ))?(réveils|éveils)( nocturnes)?|"
             r"((número|numero) de )?despertares|(aantal keer )?wakker geworden|"
             r"(numero di )?risvegli|"
             r"wie oft aufgewacht|mal aufgewacht"),
    ("lights_out", r".*tr(y|ied|ying) to (go to |fall |get to )?(a)?sleep.*|"
                   r"(time (of )?)?(the )?lights? ?(out|off)( at| time)?|"
                   r"(time )?(i )?(went|go|going|gone) to sleep( at| time)?|(sleep|slept) at|"
                   r"(i )?(turned|switched|put) (the )?lights? (off|out)( at)?|"
                   r"(i )?(turned|switched) (off|out) (the )?lights?( at)?|licht (aus|uit)|"
                   r"attempted sleep|"
                   r"extinction( des)? (feux|lumières?)|lumières? éteintes?|"
                   r"(luz|luces) apagadas?|apagu?[oé] la luz|luci spente"),
    ("into_bed", r".*(get|got|getting) in(to)? bed.*|.*(go|went|going|gone) to bed.*|bed ?times?|"
                 r"(time )?(in|to|into) bed (at|by)|(in|to|into) bed|time (in)?to bed|bed|"
                 r"bettzeit|ins bett( gegangen)?|zu bett|отбой|coucher|"
                 r"hora de acostarse|bed start|sleep start|start of sleep|heure d[eu] coucher|"
                 r"(mise )?au lit|hora de (ir a la cama|irse a dormir|dormir)|schlafenszeit|"
                 r"zu bett gegangen|naar bed( gegaan)?|a letto|ora di andare a letto|"
                 r"zubettgeh(en|zeit)|bedtijd|ora di coricarsi|время отхода ко сну"),
    ("sleep_onset", r"(time )?(i |you )?fell asleep( at)?|(time )?asleep (at|by)|"
                    r"fall asleep (time|at)|"
                    r"(what time|when) did you fall asleep.*|sleep onset( time)?|eingeschlafen|"
                    r"schlafbeginn"),
    ("final_wake", r".*final (awakening|wake ?up|waking|wake).*|.*wake up for the day.*|"
                   r"when did you wake( up)?.*|(morning )?(awake at|awoke( at)?|woken( up)?( at)?)|"
                   r"time (i |you )?(woke|awoke|woken)( up)?|time of (waking|wake ?up|awakening)|"
                   r"morning wak(e|ing)( ?up)?( time)?|"
                   r"what time did you wake( up)?.*|woke( up)?( at)?|wak(e|ing)( ?up)?( time| at)?|"
                   r"aufgewacht|sleep end|end of sleep|réveil|heure d[eu] réveil|"
                   r"hora de despertar(se)?|despertar|aufwachzeit|ontwaakt|wakker|sveglia|"
                   r"risveglio|"
                   r"ora del risveglio"),
    ("out_of_bed", r".*(get|got|getting) out of bed.*|(get|got|getting) up( at| time)?|"
                   r"(time )?out of bed( at| by| time)?|(time )?(i |you )?(got|get) up|"
                   r"rising( time)?|"
                   r"(what time|when) did you get up( for the day| (in the|this) morning| today)?|"
                   r"r(i|o)se( time| at)?|up( at| time)?|aufgestanden|aufstehen|подъ[её]м|"
                   r"lever|heure d[eu] lever|hora de levantarse|levantarse|aufstehzeit|"
                  r"opgestaan|alzat[oa]|"
                  r"opstaan"),
    ("tib_min", r"(total )?(time|hours|minutes) in bed|tib|temps (passé )?au lit|"
                r"tiempo en( la)? cama|tijd in bed|zeit im bett|tempo a letto"),
    ("tst_min", r".*in total how long did you sleep.*|total sleep( time)?|tst|"
                r"(total )?(hours|hrs|hr|h|time|minutes|mins|min|amount) (of sleep|slept|asleep)|"
                r"(total )?(hours|hrs|minutes|mins) sleep|sleep (duration|length|hours)|"
                r"total sleep (hours|minutes|duration)|actual sleep( time)?|"
                r"how (long|many hours|much) did you sleep( last night| in total)?|"
                r"how (many hours( of)?|much) sleep did you get.*|"
                r"slept|duration|schlafdauer|продолжительность|"
                r"(durée|temps|heures) d[eu] sommeil|duración( del sueño)?|"
                r"(horas|tiempo) de sueño|horas dormidas|slaapduur|uren (slaap|geslapen)|"
                r"durata( del sonno)?|schlafzeit|stunden schlaf|"
                r"stunden geschlafen"),
    ("quality", r".*rate the quality of your sleep.*|(sleep |overall )?quality( of sleep)?|"
                r"quality of (my|your|the) (sleep|night)|night( s)? quality|"
                r"how (was|is) (your|my) (sleep|night).*|how did you sleep( last night)?|"
                r"(please )?rate (your|my|the) (sleep|night).*|sleep rating|schlafqualität|"
                r"how (well|good) did you sleep|night rating|"
                r"qualité( du sommeil)?|calidad( del sueño)?|slaapkwaliteit|qualità( del sonno)?|"
                r"качество сна"),
    ("rested", r".*how (rested|refreshed).*|.*how alert did you feel.*|rested(ness)?|refreshed|"
               r"(feel|feeling|felt) (rested|refreshed)( (in the|this) morning| (up)?on waking)?|"
               r"erholt|alertness( on waking)?"),
    ("mood_on_waking", r"mood (on|upon|at) (waking|wake up)|morning mood"),
    ("stress", r"((daily|day|day s|perceived|overall|general|my) )?"
               r"stress( level| score| rating| today| (of|during|over|in) (the )?day)*|stressed|"
               r"how (stressed|stressful) (were|was|are|did|do) .*|stress(level|niveau)|"
               r"(niveau de |nivel de |livello di )?(stress|estr[eé]s)|"
               r"стресс"),
    ("comments", r"(other )?(comments?|notes?|remarks?)( if applicable)?|bemerkung(en)?|"
                 r"kommentare?|"
                 r"commentaires?|remarques?|comentarios?|observaciones|opmerking(en)?|notizen?"),
    ("weekday", r"weekday|day of( the)? week|wochentag"),
)  # fmt: skip
