from sdtmconv.cli import main

main()
