"""From files and environment to frozen values: folders, keys, settings, and objects built from extensions.

Order, first wins: what the caller passes, the environment, the keys file, ``pointsman.toml`` in the current
folder (or the file named by ``POINTSMAN_CONFIG``), the user's own ``pointsman.toml``, defaults.
"""

from pointsman.config.environment import Environment, KeysFile
from pointsman.config.folders import Folders
from pointsman.config.instances import Instance, build_all
from pointsman.config.names import nearest
from pointsman.config.read import read_settings
from pointsman.config.settings import CallSettings, CatalogSettings, Settings

__all__ = [
    "CallSettings",
    "CatalogSettings",
    "Environment",
    "Folders",
    "Instance",
    "KeysFile",
    "Settings",
    "build_all",
    "nearest",
    "read_settings",
]
