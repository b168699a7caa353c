"""`python -m priorauth` is the command `priorauth`."""

from priorauth.cli import main

if __name__ == "__main__":
    main()
