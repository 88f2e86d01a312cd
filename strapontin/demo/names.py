"""Names for the people of the demo; put together at random, they are nobody's."""

from __future__ import annotations


def _words(text: str) -> list[str]:
    return text.split()


FRENCH = _words("""
Adèle Agathe Alban Alice Amine Anaïs Antonin Arthur Aurore Awa Basile Bastien Bérénice Camille Capucine Célestin
Céline Clémence Colin Corentin Damien Daphné Élise Élodie Émile Emma Estelle Fanny Farid Félix Flore Gabin Gaspard
Hélène Henri Hugo Ilyes Inès Irène Jade Jeanne Joris Judith Julien Karim Lana Laure Léa Léonie Lila Loïc Louise
Lucie Maël Malik Manon Marius Mathilde Mélina Nadia Naïm Nina Noé Nora Octave Odile Oriane Pauline Quentin Rachid
Rémi Romane Rose Sacha Salomé Samir Sarah Simon Solange Tania Tess Tristan Ulysse Valentin Yanis Zoé
""")
FRENCH_LAST = _words("""
Abriol Amblard Barjavert Bellefontis Bourdelac Brindas Cailletaud Carambel Chantegrel Cornavent Courtebise Dambreval
Desombrages Duvallois Épinoche Escarbel Falconnat Ferrebois Fontanivel Gardouche Garrivel Grandpierron Hautecloque
Jalabriac Jonquerel Lafougeras Lamirande Larmandie Levainqueur Maillebois Malvoisel Marquenterre Mirabeloup
Montrevard Nervalin Noirefontaine Orvaultin Passerolle Pélissange Perchenoire Pontavel Quercynet Rambergue
Rochegrise Roquevire Sablonnet Sansonnet Soubeyrac Tallebrune Tournebise Trévignon Vaubrenne Verdelier Vertemoulin
Villecresnes Voltigeon
""")
ENGLISH = _words("""
Ada Aidan Alice Amber Amir Andrew Angela Anika Arthur Beatrice Ben Brenda Bryony Callum Cara Cecil Chloe Ciara Clive
Conor Daisy Daniel Deirdre Dermot Dylan Edith Eimear Elliot Emer Ethan Evelyn Fergus Fiona Florence Freya George
Gemma Grace Harriet Hazel Imogen Imran Isla Jack Jasmine Joan Kerry Kevin Kiran Leah Liam Lorna Lucy Mabel Maeve
Marcus Martha Maya Niall Nora Oisin Olive Omar Oscar Patrick Pearl Priya Quinn Rhona Rory Rosa Ruby Ruth Saoirse
Sean Sheila Sonia Stella Tara Theo Toby Una Violet Walter Wendy Yusuf Zara
""")
ENGLISH_LAST = _words("""
Ackerley Appledore Ashcombe Balfrey Barrowmere Birchall-Fox Blackthorn Bramwell Brightwater Cattermole Chanterelle
Cloverdale Coldstream Crakehall Dapplewood Darnwick Driftmore Eastbrook Elderfield Fairweather Fallowfield Fennimore
Finchley-Moss Foxglove Gatherwood Gillyflower Greenhalgh Harebell Harrowby Hawksworth Hollinwood Ivermore Juniperley
Kestrelton Lambswick Larchmont Loxwood Merryweather Millbrook Mossgrove Nightingale-Ross Oakhampton Pennyfeather
Plumtree Quickbourne Ravensdale Rookwood Saltmarsh Silverdale Sparrowhawk Stonecrop Summerhayes Thornbury Tillingham
Underhill Wetherby Whistlecroft Yarrowby
""")
