"""All settings in one place: `aesplugin.toml`, then `AES_*` environment variables on top."""

import os
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path, user_config_path, user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from aesplugin.errors import SettingsError

_APP = "aesplugin"


def config_file() -> Path:
    """The settings file: $AES_CONFIG, else aesplugin.toml in the user's config folder."""
    named = os.environ.get("AES_CONFIG")
    return Path(named).expanduser() if named else user_config_path(_APP) / "aesplugin.toml"


def token_file() -> Path:
    """Where the page's token is kept: `token` in the user's data folder."""
    return user_data_path(_APP) / "token"


class Settings(BaseSettings):
    """What a user can configure. Every field has a default that suits one PC."""

    model_config = SettingsConfigDict(env_prefix="AES_", extra="forbid", frozen=True)

    catalog: str = Field(
        default_factory=lambda: str(user_data_path(_APP) / "catalog.sqlite3"),
        description="SQLite file, or a database URL such as postgresql+psycopg://host/name",
    )
    cache: Path = Field(
        default_factory=lambda: user_cache_path(_APP),
        description="folder for downloaded and converted model weights",
    )
    model: str = Field(
        "embedded",
        description="model to use: a name from `aesplugin models list`, "
        "vlm:NAME_OR_PATH[+ADAPTER], server:MODEL, or mini:FOLDER for a CALM model you trained",
    )
    personal: Path | None = Field(
        None,
        description="folder of a personal model that `aesplugin train personal` made for this "
        "model; empty = the shipped one, if there is one",
    )
    device: str = Field("auto", description="auto, cpu, cuda, cuda:1, mps")
    threads: int = Field(
        0, ge=0, le=1024, description="CPU threads for the network; 0 = chosen by the model"
    )
    batch_size: int = Field(8, ge=1, le=512, description="photos the network processes at once")
    comments: bool = Field(
        default=True,
        description="whether models that can write comments (`mini`, `vlm`, `server`) do so; "
        "without them `mini` is two to four times as fast; results without comments are stored "
        "separately",
    )
    faces: bool = Field(
        default=True,
        description="whether photos are searched for faces, and whether these are shown: where "
        "they are, how sharp they are, whether their eyes are open; never whose they are",
    )
    server_url: str = Field(
        "",
        description="address of the server that server:MODEL asks, such as http://127.0.0.1:8000; "
        "its key, where it wants one, is read from the environment variable AES_SERVER_KEY only",
    )
    server_requests: int = Field(
        4, ge=1, le=64, description="requests that are sent to the server at once"
    )
    server_long_side: int = Field(
        768, ge=224, le=1024, description="long side of the JPEGs sent to the server, px"
    )
    server_wording: Literal["plain", "q-realign", "both"] = Field(
        "plain",
        description="how the server's model is asked for a level word: plain, q-realign for a "
        "model trained with these words, or both, averaged, at twice the requests",
    )
    sidecars: str = Field(
        "xmp", description="sidecar format: xmp, or one that another package provides"
    )
    decoders: int = Field(0, ge=0, le=256, description="decoding processes; 0 = one per core")
    decode_seconds: float = Field(
        30.0, gt=0, description="time limit for decoding one photo, seconds"
    )
    decode_memory_mb: int = Field(
        1536, ge=256, description="memory limit (address space) of one decoding process, MiB"
    )
    max_megapixels: float = Field(
        300.0, gt=0, description="larger photos are refused before they are decoded"
    )
    broker: str = Field("", description="Redis URL of the queue; empty = work in this process")
    window: int = Field(
        256,
        ge=1,
        le=100_000,
        description="maximum number of photos in the queue; bounds the broker's memory",
    )
    job_seconds: float = Field(
        120.0,
        gt=0,
        description="hard time limit for one batch, seconds; the same on all hosts of one broker",
    )
    settle_seconds: float = Field(
        3.0,
        ge=0,
        description="a new file is read once its size and mtime are unchanged for so many seconds",
    )
    reconcile_seconds: float = Field(
        600.0,
        gt=0,
        description="interval at which `watch` compares its folders with the catalog, seconds",
    )
    ignore: tuple[str, ...] = Field(
        ("*.tmp", "*.part", "*~"),
        description="what `watch` ignores: patterns of file names, folder names or paths",
    )
    metrics_port: int = Field(
        0, ge=0, le=65535, description="port of the Prometheus endpoint on this host; 0 = none"
    )

    @field_validator("personal", mode="before")
    @classmethod
    def _place(cls, given: object) -> object:
        """Nothing, as the environment has it, is no folder; `~` is the user's home."""
        if isinstance(given, str):
            return Path(given).expanduser() if given else None
        return given

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        toml = TomlConfigSettingsSource(settings_cls, toml_file=config_file())
        return init_settings, env_settings, toml


def load_settings(**overrides: object) -> Settings:
    """Settings from file and environment; an override that is None is left out.

    Raises:
        SettingsError: an unknown name or a value out of range; the message names it. The file that
            `AES_CONFIG` names is not there or cannot be read.
    """
    _check_named_file()
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"setting {name!r}: {first['msg']}; see docs/settings.md (file: {config_file()})"
        ) from None
    except ValueError as error:  # not TOML
        raise SettingsError(f"{config_file()} cannot be read as TOML: {error}") from None
    except OSError as error:
        raise SettingsError(f"{config_file()} cannot be read: {error.strerror}") from None


def _check_named_file() -> None:
    """A misspelt name would leave every setting at its default, unnoticed."""
    file = config_file()
    if os.environ.get("AES_CONFIG") and (os.path.isdir(file) or not os.path.exists(file)):
        raise SettingsError(f"AES_CONFIG names {file}, which does not exist; correct or unset it")
