"""The recipe as the service runs it."""

from __future__ import annotations

import pickle
import subprocess
import sys

from steppewire.events import ArticleEnriched
from steppewire_enricher.enrich import enrich


def test_the_article_itself_is_untouched(parsed):
    event = parsed("Астанада жиын өтті", "Бүгін Астанада жиын өтті.")

    enriched = enrich(event)

    assert (event.article, event.fetch, event.extraction) == (
        enriched.article,
        enriched.fetch,
        enriched.extraction,
    )


def test_the_same_article_is_always_enriched_alike(parsed):
    event = parsed("Токаев прибыл в Ташкент", "Касым-Жомарта Токаева встретил Шавкат Мирзиёев.")

    assert enrich(event) == enrich(event)


def test_the_models_that_had_a_say_are_named(enriched):
    event = enriched(
        "Астанада жиын өтті", "Бүгін Астанада үлкен жиын өтті, деп хабарлады баспасөз."
    )

    assert {"langid", "ner-kk"} == set(event.enrichment.models)


def test_the_record_survives_the_wire(enriched):
    event = enriched(
        "Toshkentda yig‘ilish bo‘ldi", "Prezident Shavkat Mirziyoyev Toshkentda nutq so‘zladi."
    )

    assert event == ArticleEnriched.model_validate_json(event.model_dump_json())


def test_the_recipe_can_be_sent_to_a_child_process():
    assert pickle.loads(pickle.dumps(enrich)) is enrich


def test_the_service_imports_neither_trainer_nor_web_client():
    code = (
        "import sys, steppewire_enricher.app;"
        "print([m for m in ('jax', 'httpx', 'bs4', 'sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
